// Every record of the response's partition whose id begins so: page after page, since what comes last must not wait for
// ever behind what came first.
import { RESPONSE } from "../ledger/response-records.ts";
import type { Journal, JournalRecord } from "../ports.ts";

const PAGE = 200;
/** Far more than a team can have open. */
const MOST_PAGES = 50;

export async function recordsOf(prefix: string, journal: Journal): Promise<readonly JournalRecord[]> {
  const found: JournalRecord[] = [];
  let from = prefix;
  for (let n = 0; n < MOST_PAGES; n++) {
    const page = await journal.list(RESPONSE, from, PAGE);
    const ours = page.filter(({ id }) => id.startsWith(prefix));
    found.push(...ours);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE || ours.length < page.length) break;
    from = `${last.id}\u0000`;
  }
  return found;
}
