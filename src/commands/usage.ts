// Wrong use of a command: said in one line with what to do, exit status 2.
export class UsageError extends Error {
  readonly advice: string;
  constructor(message: string, advice: string) {
    super(message);
    this.name = "UsageError";
    this.advice = advice;
  }
}

/** Turns what parseArgs throws into our own words. */
export function usageErrorOf(error: unknown, command: string): UsageError {
  const message = error instanceof Error ? error.message : String(error);
  return new UsageError(message.split(". ")[0] ?? message, `\`npm run ${command} -- --help\` lists the options.`);
}
