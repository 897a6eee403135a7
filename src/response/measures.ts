// What a measure is, for the person who decides on it: the permission behind it, what the employee notices, how it is
// undone, and what it does not achieve.
import type { Measure } from "./rules.ts";

export interface MeasureFacts {
  /** The least application permission of Microsoft Graph (https://learn.microsoft.com/graph/permissions-reference). */
  readonly permission: string;
  readonly noticed: string;
  readonly undo: string;
  readonly achieves: string;
}

export const measureFacts: Readonly<Record<Measure, MeasureFacts>> = {
  disableAccount: {
    permission: "User.EnableDisableAccount.All",
    noticed:
      "Cannot sign in any more, with any password. What is open works on until its access token ends, an hour or so.",
    undo: "Entra admin centre, Users, the account, Edit, Account enabled; or PATCH /users/{id} with accountEnabled true. Set a new password first.",
    achieves: "The password is useless until somebody enables the account again.",
  },
  revokeSessions: {
    permission: "User.RevokeSessions.All",
    noticed: "Has to sign in again on every device, within an hour or so.",
    undo: "Nothing to undo: signing in again is enough.",
    achieves:
      "Slows the attacker down and does not contain: the password still works, access tokens live on for an hour or more, and guests are not affected.",
  },
};

export const ON_PREMISES =
  "Synchronised from Active Directory, which writes over what is set here at its next synchronisation. There as well:";

/** What has to be done in Active Directory, where a synchronised account is kept. */
export const onPremisesSteps = (measures: readonly Measure[]): readonly string[] => [
  ...(measures.includes("disableAccount") ? ["Disable it: Disable-ADAccount -Identity <sAMAccountName>."] : []),
  "Set a new password, twice where Kerberos tickets may be forged: Set-ADAccountPassword -Identity <sAMAccountName> -Reset.",
  "Start a synchronisation: Start-ADSyncSyncCycle -PolicyType Delta.",
];

/** What a person does next: revoking alone leaves the attacker the password. */
export const nextStep = (measures: readonly Measure[]): string =>
  measures.includes("disableAccount")
    ? "Set a new password, check that the methods of MFA are the employee's own, then enable the account."
    : "Set a new password under MFA now, and check that the methods of MFA are the employee's own.";
