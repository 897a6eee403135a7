// What the app has to be granted in Microsoft Graph, per use. The deployment and the documentation are made from it.

/** What Graph is used for. The two actions are named as in the settings. */
export type GraphUse = "readDirectory" | "revokeSessions" | "disableAccount";

export interface GraphPermission {
  /** The app role of Microsoft Graph (application permission). */
  readonly permission: string;
  /** Of the app role, the same in every tenant and cloud. */
  readonly id: string;
  readonly for: string;
  /** What switches it on; without that it is neither used nor needed. */
  readonly setting: string;
  /** The uses that need it; it is to be granted where one of them is allowed. */
  readonly uses: readonly GraphUse[];
}

// Least permissions: https://learn.microsoft.com/graph/permissions-reference
export const readUsers: GraphPermission = {
  permission: "User.Read.All",
  id: "df021288-bdef-4463-88db-98f22de89214",
  for: "reading whether an account is enabled, a guest, synchronised, and since when its sessions are valid",
  setting: "any action in RESPONSE_ACTIONS",
  uses: ["readDirectory", "disableAccount"],
};
export const readGroups: GraphPermission = {
  permission: "GroupMember.Read.All",
  id: "98830695-27a2-44f7-8c18-0c3ebc9698f6",
  for: "finding out whether an account is in a protected group, or has a role through a group",
  setting: "any action in RESPONSE_ACTIONS",
  uses: ["readDirectory"],
};
export const readRoles: GraphPermission = {
  permission: "RoleManagement.Read.Directory",
  id: "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
  for: "finding out which roles an account holds or can activate",
  setting: "any action in RESPONSE_ACTIONS",
  uses: ["readDirectory"],
};
export const readGroupEligibility: GraphPermission = {
  permission: "PrivilegedEligibilitySchedule.Read.AzureADGroup",
  id: "edb419d6-7edc-42a3-9345-509bfdf5d87c",
  for: "finding out which groups an account can become a member of through PIM for Groups, and so which roles it can reach; without it every account counts as privileged",
  setting: "any action in RESPONSE_ACTIONS",
  uses: ["readDirectory"],
};
export const revokeSessions: GraphPermission = {
  permission: "User.RevokeSessions.All",
  id: "77f3a031-c388-4f99-b373-dc68676a979e",
  for: "making an account's refresh tokens useless",
  setting: "revokeSessions in RESPONSE_ACTIONS",
  uses: ["revokeSessions"],
};
export const disableAccounts: GraphPermission = {
  permission: "User.EnableDisableAccount.All",
  id: "3011c876-62b7-4ada-afa2-506cbbecc68c",
  for: "keeping an account from signing in",
  setting: "disableAccount in RESPONSE_ACTIONS",
  uses: ["disableAccount"],
};
export const permissions: readonly GraphPermission[] = [
  readUsers,
  readGroups,
  readRoles,
  readGroupEligibility,
  revokeSessions,
  disableAccounts,
];
