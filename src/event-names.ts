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
  /** A service asked for fewer requests: service, waitMs. */
  throttled: "Throttled",
} as const;
