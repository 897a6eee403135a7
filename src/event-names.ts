/** The events that the app sends, by name: alarms and saved queries of the deployment ask for these. */
export const eventNames = {
  /** A scheduled run of one hunt ended and looked at its window: hunt, from, to, rows, findings, campaigns, level, actions, durationMs, lagMs, whole. */
  runCompleted: "RunCompleted",
  /** A scheduled run of one hunt could not look: hunt, code. */
  runFailed: "RunFailed",
  /** A run that somebody asked for ended: as RunCompleted, and code where it could not look. No alarm counts these. */
  onDemandRun: "OnDemandRun",
  /** Something that had to be said was given up after the last try: channel, code, tries. */
  deadLetter: "DeadLetter",
  /** A table that had rows before has none: table, silentForMs. */
  tableSilent: "TableSilent",
  /** A hunt did not succeed for three of its periods: hunt, overdueMs. */
  huntOverdue: "HuntOverdue",
  /** A person was asked to decide: campaign (its two words), accounts, parts, reminder. */
  approvalAsked: "ApprovalAsked",
  /** A person decided, or nobody did in time: campaign, decision (approved, declined, expired), accounts, waitedMs. */
  approvalDecided: "ApprovalDecided",
  /** A decision was sent that was not taken: why (unknown, forbidden, expired, altered, decided, notDone). */
  approvalRefused: "ApprovalRefused",
  /** What was ordered on accounts has ended: campaign, by (automatic, person), accounts, steps done, failed and heldBack, tookMs. */
  orderCompleted: "OrderCompleted",
  /** The stop switch was thrown over HTTP: on. */
  stopThrown: "StopThrown",
  /** How it goes with accounts after something was done: campaign, containment (not contained, so far, to the end, not known), accounts. */
  containment: "Containment",
  /** A service asked for fewer requests: service, waitMs. */
  throttled: "Throttled",
} as const;
