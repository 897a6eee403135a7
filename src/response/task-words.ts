// What a task says: its title, and what to look for. The values come from the campaign.

export const taskWords = {
  password: {
    title: "Set a new password under MFA",
    text: (names: string): string =>
      `The password of ${names} is known to the attacker. Set a new one, have it changed under MFA, and check that the methods of MFA are the employee's own; revoking sessions alone leaves the password working. For an account that is synchronised from Active Directory, do it there. The query shows every sign-in since the attack began: anything that the employee does not know belongs to the incident.`,
  },
  changes: {
    title: "Look for what was changed after the attacker got in",
    text: (names: string): string =>
      `${names}: look for new security info, devices, consents, mailbox rules, password resets and roles since the first proof. Undo what the employee did not do. The query needs AuditLogs in the workspace.`,
  },
  protocol: {
    title: "Review the authentication protocol",
    text: (): string =>
      "A single factor without interaction is normal for automation and for legacy protocols. Is one of these clients yours, and should this protocol still be allowed?",
  },
  codes: {
    title: "Review the result codes",
    text: (codes: string): string =>
      `${codes}. 50053 is a lockout or a blocked address, 50126 a wrong password; 50055 says that the password was right and has expired.`,
  },
  habit: {
    title: "Find out whether these accounts usually sign in with a single factor",
    text: (names: string): string =>
      `${names}: successful sign-ins of the 14 days before. A regular account that suddenly uses a single factor may be compromised; one that always does needs a policy.`,
  },
  network: {
    title: "Judge the networks",
    text: (networks: string): string =>
      `${networks}. Is a hosting provider, VPN or anonymiser among them that nobody here uses? The query shows whether anyone signed in from them in the 14 days before; no row means unexpected.`,
  },
  reputation: {
    title: "Check the addresses against what is known of them",
    text: (addresses: string): string =>
      `${addresses}. Look them up in your threat intelligence. The query shows what else they did in this tenant in the 14 days before.`,
  },
  session: {
    title: "Look for other activity of the same accounts",
    text: (names: string): string =>
      `${names}: everything from the beginning of the attack to a day after it, from whatever address. Look for high-risk activity in the same session.`,
  },
  processing: {
    title: "Read the authentication processing details",
    text: (): string =>
      "Look for legacy protocols, replayed tokens, unusual scopes and ways around MFA in the steps of each sign-in.",
  },
} as const;
