// What is said about a query that cannot be answered, and where in its text.

export interface Position {
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
}

export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, Math.max(0, offset));
  const line = before.split("\n").length;
  return { line, column: before.length - before.lastIndexOf("\n") };
}

/**
 * Why a query has no answer. Codes that begin with KS are the parser's own; ours:
 * KQL_UNSUPPORTED (Kusto would answer, this engine refuses), KQL_TYPE, KQL_RANGE, KQL_NOT_SERIALIZED, KQL_NO_TABLE,
 * KQL_GUESSED_COLUMNS,
 * KQL_TOO_LARGE, KQL_TIME_LIMIT, KQL_ROW_LIMIT, KQL_CANCELLED, KQL_MEMORY, KQL_RUN, KQL_INTERNAL.
 */
export class KqlError extends Error {
  readonly code: string;
  readonly line: number;
  readonly column: number;
  /** Characters from the position on; 0 where the trouble is the query as a whole. */
  readonly length: number;

  constructor(code: string, message: string, source: string, start: number, length: number) {
    super(message);
    this.name = "KqlError";
    this.code = code;
    const at = positionAt(source, start);
    this.line = at.line;
    this.column = at.column;
    this.length = length;
  }
}
