// The body of POST /api/hunts/{name}/runs -> what is asked for.
import * as z from "zod";
import type { Thresholds } from "../findings/thresholds.ts";
import type { Hunt } from "../hunts/hunt.ts";
import {
  days,
  earlier,
  hours,
  type Instant,
  iso,
  lengthOf,
  parseDuration,
  parseInstant,
  type TimeWindow,
} from "../time.ts";
import { badRequest, contradiction } from "./answers.ts";

export const LARGEST_REQUEST = 16 * 1024;
/** Analytics tables keep 90 days for free; nothing that an attack can be answered by is older. */
const LONGEST_PERIOD = days(90);
/** Beyond this a run only rehearses: what happened long ago is for a person to judge. */
const LONGEST_ACTING_PERIOD = hours(24);

const moment = z.string().transform((text, context) => {
  const read = parseInstant(text);
  if (read !== undefined) return read;
  context.addIssue({ code: "custom", message: `"${text}" is not a point in time such as 2026-11-21T03:00:00Z` });
  return z.NEVER;
});
const length = z.string().transform((text, context) => {
  const read = parseDuration(text);
  if (read !== undefined && read > 0) return read;
  context.addIssue({ code: "custom", message: `"${text}" is not a length of time such as 1h or 14d` });
  return z.NEVER;
});

export const runRequestSchema = z.strictObject({
  from: moment.optional(),
  to: moment.optional(),
  /** Instead of `from`: how far back from `to`. */
  period: length.optional(),
  /** Thresholds of this run alone. */
  set: z.record(z.string(), z.number().finite().nonnegative()).default({}),
  act: z.boolean().default(false),
});

export interface RunRequest {
  readonly window: TimeWindow;
  readonly overrides: Thresholds;
  readonly act: boolean;
}

/** Throws the Problems BadRequest and Contradiction, which say what to write instead. */
export function readRunRequest(body: string, hunt: Hunt, now: Instant): RunRequest {
  const asked = parse(body);
  const window = windowOf(asked, hunt, now);
  const known = Object.keys(hunt.responder?.thresholds ?? {});
  const unknown = Object.keys(asked.set).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw badRequest(
      `The hunt "${hunt.slug}" has no threshold "${unknown}".`,
      `Its thresholds are: ${known.join(", ") || "none"}.`,
    );
  }
  if (asked.act && Object.keys(asked.set).length > 0) {
    throw contradiction(
      "A run with thresholds of its own cannot act.",
      "Leave out `act` to see what these thresholds would find, or leave out `set` to act on the hunt's own.",
    );
  }
  if (asked.act && lengthOf(window) > LONGEST_ACTING_PERIOD) {
    throw contradiction(
      "A run over more than 24 hours cannot act.",
      "Leave out `act` to look at the whole period, or ask for 24 hours at most.",
    );
  }
  return { window, overrides: asked.set, act: asked.act };
}

function parse(body: string): z.infer<typeof runRequestSchema> {
  const advice =
    'Send JSON such as {"from":"2026-11-20T00:00:00Z","to":"2026-11-21T00:00:00Z","act":false}; every key may be left out.';
  let value: unknown;
  try {
    value = body.trim() === "" ? {} : JSON.parse(body);
  } catch {
    throw badRequest("The body is not JSON.", advice);
  }
  const read = runRequestSchema.safeParse(value);
  if (read.success) return read.data;
  const issues = read.error.issues.map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": "));
  throw badRequest(`The body does not fit: ${issues.join("; ")}.`, advice);
}

function windowOf(
  { from, to = undefined, period }: z.infer<typeof runRequestSchema>,
  hunt: Hunt,
  now: Instant,
): TimeWindow {
  if (from !== undefined && period !== undefined) {
    throw contradiction("Both `from` and `period` say where the run begins.", "Leave out one of them.");
  }
  const end = to === undefined || to > now ? now : to;
  const begin = from ?? earlier(end, period ?? hunt.responder?.period ?? hunt.queryPeriod);
  if (begin >= end) {
    throw contradiction(
      `The period from ${iso(begin)} to ${iso(end)} is empty.`,
      "`from` has to lie before `to`, and before now.",
    );
  }
  const window = { from: begin, to: end };
  if (lengthOf(window) > LONGEST_PERIOD) {
    throw badRequest(
      "The period is longer than 90 days.",
      "Ask for parts of it; remember how long the workspace keeps its tables.",
    );
  }
  return window;
}
