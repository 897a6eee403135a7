// Microsoft Graph as far as the app asks it: a directory that remembers what is done to its accounts.
import type { DirectoryUser } from "../../src/ports.ts";
import { type Instant, instant, iso, SECOND } from "../../src/time.ts";
import type { DirectoryPerson } from "../contracts/directory.ts";
import type { Reply, Seen } from "./loopback.ts";

export const graphCalls = [
  "user",
  "groups",
  "roles",
  "eligible roles",
  "groups behind roles",
  "eligible groups",
  "disable",
  "revoke",
] as const;
export type GraphCall = (typeof graphCalls)[number];

export interface GraphServer {
  answer(seen: Seen): Reply;
  /** What was done, in order, by object id. */
  readonly done: readonly { readonly call: "disable" | "revoke"; readonly id: string }[];
}

const PATHS: readonly (readonly [GraphCall, string, RegExp])[] = [
  ["roles", "GET", /^\/roleManagement\/directory\/roleAssignments\?/],
  ["eligible roles", "GET", /^\/roleManagement\/directory\/roleEligibilitySchedules\?/],
  ["eligible groups", "GET", /^\/identityGovernance\/privilegedAccess\/group\/eligibilityScheduleInstances\?/],
  ["groups", "POST", /^\/users\/[^/]+\/checkMemberGroups$/],
  ["groups behind roles", "POST", /^\/users\/[^/]+\/getMemberGroups$/],
  ["revoke", "POST", /^\/users\/[^/]+\/revokeSignInSessions$/],
  ["disable", "PATCH", /^\/users\/[^/]+$/],
  ["user", "GET", /^\/users\/[^/]+\?/],
];

/** Which of the calls a request is; undefined where it is none of them. */
export const graphCallOf = ({ method, path }: Pick<Seen, "method" | "path">): GraphCall | undefined =>
  PATHS.find(([, verb, pattern]) => verb === method && pattern.test(path.replace(/^\/v1\.0/, "")))?.[0];

/** The account that a request is about, in lower case; "" where it is about all of them. */
export const graphAccountOf = ({ path }: Pick<Seen, "path">): string =>
  (
    /\/users\/([^/?]+)/.exec(path)?.[1] ??
    /principalId eq '([^']+)'/.exec(decodeURIComponent(path))?.[1] ??
    ""
  ).toLowerCase();

const problem = (status: number, code: string): Reply => ({
  status,
  body: { error: { code, message: "No.", innerError: { date: "2026-11-21T10:00:00", "request-id": "r" } } },
});

export function graphServer(people: readonly DirectoryPerson[], now: () => Instant): GraphServer {
  const byId = new Map(people.map((person) => [person.user.id.toLowerCase(), { ...person }]));
  const done: { readonly call: "disable" | "revoke"; readonly id: string }[] = [];
  const assignments = people.flatMap(({ user, roles = [] }) =>
    roles.map((displayName) => ({
      principalId: user.id,
      roleDefinitionId: `role of ${displayName}`,
      directoryScopeId: "/",
      roleDefinition: { displayName },
    })),
  );
  const change = (id: string, call: "disable" | "revoke", to: Partial<DirectoryUser>): void => {
    const person = byId.get(id);
    if (person === undefined) return;
    byId.set(id, { ...person, user: { ...person.user, ...to } });
    done.push({ call, id: person.user.id });
  };

  return {
    done,
    answer(seen) {
      const call = graphCallOf(seen);
      if (call === undefined) return problem(400, "BadRequest");
      if (call === "roles") return { body: { value: assignments } };
      if (call === "eligible roles" || call === "eligible groups") return { body: { value: [] } };
      const id = graphAccountOf(seen);
      const person = byId.get(id);
      if (person === undefined) return problem(404, "Request_ResourceNotFound");
      switch (call) {
        case "user":
          return { body: shown(person.user) };
        case "groups": {
          const { groupIds } = JSON.parse(seen.body) as { groupIds: readonly string[] };
          return { body: { value: groupIds.filter((group) => person.groups?.includes(group)) } };
        }
        case "groups behind roles":
          return { body: { value: person.groups ?? [] } };
        case "disable":
          if (JSON.parse(seen.body).accountEnabled !== false) return problem(400, "BadRequest");
          change(id, call, { enabled: false });
          return { status: 204 };
        case "revoke":
          // The service keeps whole seconds.
          change(id, call, { sessionsValidFrom: instant(Math.floor(now() / SECOND) * SECOND) });
          return { body: { "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#Edm.Boolean", value: true } };
      }
    },
  };
}

const shown = (user: DirectoryUser): unknown => ({
  id: user.id,
  userPrincipalName: user.userPrincipalName,
  accountEnabled: user.enabled,
  userType: user.kind === "guest" ? "Guest" : "Member",
  onPremisesSyncEnabled: user.synchronised ? true : null,
  signInSessionsValidFromDateTime: timeOf(user.sessionsValidFrom),
  lastPasswordChangeDateTime: timeOf(user.passwordChangedAt ?? null),
});

const timeOf = (at: Instant | null): string | null => (at === null ? null : iso(at));
