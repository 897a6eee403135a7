// What is asked about accounts to which something was done -> the questions with their parameters laid ahead.
import type { Instant } from "../time.ts";
import { kqlDatetime, kqlString, kqlStrings } from "./kql-text.ts";

export interface WatchedAccount {
  /** Object id. */
  readonly account: string;
  readonly firstProof: Instant;
  readonly acted: Instant;
}

/**
 * Results that say that the password was right although the sign-in was stopped.
 * https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
const RIGHT_CODES = [
  "50055",
  "50072",
  "50074",
  "50076",
  "50079",
  "50125",
  "50140",
  "50158",
  "53000",
  "53001",
  "53002",
  "53003",
  "53004",
  "500121",
  "530032",
];

export const afterCareQuery = (question: string, watched: readonly WatchedAccount[]): string =>
  [watchedTable(watched), `let RightCodes = dynamic([${kqlStrings(RIGHT_CODES)}]);`, question].join("\n");

export const watchedHabitsQuery = (question: string, watched: readonly WatchedAccount[]): string =>
  `${watchedTable(watched)}\n${question}`;

export const accountChangesQuery = (question: string, watched: readonly WatchedAccount[]): string =>
  `${watchedTable(watched)}\n${question}`;

const watchedTable = (watched: readonly WatchedAccount[]): string =>
  `let Watched = datatable(Account: string, FirstProof: datetime, Acted: datetime)[${watched
    .map(({ account, firstProof, acted }) => `${kqlString(account)}, ${kqlDatetime(firstProof)}, ${kqlDatetime(acted)}`)
    .join(", ")}];`;
