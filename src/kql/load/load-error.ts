/** Why a folder of logs cannot be read at all. What is wrong with single rows is told beside the rows that could be read. */
export class LoadError extends Error {
  readonly code: "LogFolder" | "LogFile" | "LogStorage";
  /** What to do about it. */
  readonly advice: string;

  constructor(code: LoadError["code"], message: string, advice: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "LoadError";
    this.code = code;
    this.advice = advice;
  }
}

/** The code of a failed call of the operating system: "ENOENT", "EACCES". */
export const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
