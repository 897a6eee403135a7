// What one more look at the logs says of an account that is watched: what is new, and what can be said of it now. Pure.
import type { Care } from "../ledger/response-records.ts";
import { hours, type Instant, later, minutes } from "../time.ts";
import type { CareVerdict } from "./after-care.ts";
import type { Containment } from "./telling.ts";

/** Access tokens that were given out before have ended by then, so silence begins to mean something. */
const FIRST_WORD = minutes(75);
/** How long after its end a watch waits for logs that are late. */
const PATIENCE = hours(24);
const FIRST_WORD_KEY = "contained so far";
/** Once told it is never contained again. */
const ALARMED = "not contained";

export interface CareTurn {
  readonly care: Care;
  /** Not told before. */
  readonly aftermath: CareVerdict["aftermath"];
  readonly news: CareVerdict["news"];
  /** Null where there is nothing to say of it yet, or nothing new. */
  readonly containment: { readonly kind: Containment; readonly upTo: Instant | null } | null;
  /** Once all of that is told; null where nothing has changed. */
  readonly after: Care | null;
}

export function careTurn(care: Care, verdict: CareVerdict, now: Instant): CareTurn {
  const told = new Set(care.told);
  const { seenTo } = verdict;
  const isNew = ({ keys }: { readonly keys: readonly string[] }): boolean => keys.some((key) => !told.has(key));
  const aftermath = verdict.aftermath.filter(isNew);
  const news = verdict.news.filter(isNew);
  const alarmed = verdict.aftermath.length > 0 || told.has(ALARMED);
  const seen = seenTo !== null && seenTo >= care.until;
  const over = seen || now >= later(care.until, PATIENCE);
  const containment = alarmed ? null : containmentOf(care, verdict, over, seen);
  const keys = [
    ...[...aftermath, ...news].flatMap((each) => each.keys.filter((key) => !told.has(key))),
    ...(aftermath.length > 0 ? [ALARMED] : []),
    ...(containment?.kind === "so far" ? [FIRST_WORD_KEY] : []),
  ];
  const firstAsked = care.askedTo === null && verdict.askedTo !== null;
  const unchanged = keys.length === 0 && !over && !firstAsked && seenTo === care.seenTo;
  return {
    care,
    aftermath,
    news,
    containment,
    after: unchanged
      ? null
      : {
          ...care,
          seenTo,
          askedTo: verdict.askedTo ?? care.askedTo,
          told: [...care.told, ...keys],
          // Nobody needs it any more once it is over.
          habits: over ? null : care.habits,
          over,
        },
  };
}

function containmentOf(
  care: Care,
  { seenTo, notLookedAt }: CareVerdict,
  over: boolean,
  seen: boolean,
): CareTurn["containment"] {
  // Without AuditLogs the sign-ins can still be spoken of; without part of the sign-ins nothing can.
  const clean = notLookedAt.every((what) => what.startsWith("AuditLogs"));
  if (over && seen && clean) return { kind: "to the end", upTo: care.until };
  if (over) return { kind: "not known", upTo: seenTo };
  const speaks = clean && seenTo !== null && seenTo >= later(care.from, FIRST_WORD);
  return speaks && !care.told.includes(FIRST_WORD_KEY) ? { kind: "so far", upTo: seenTo } : null;
}
