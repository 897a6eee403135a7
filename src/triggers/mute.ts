// POST /api/campaigns/{name}/mute: keeps a campaign quiet for some days. New proof breaks every mute.
import * as z from "zod";
import { shortNameOf } from "../findings/short-name.ts";
import { LONGEST_MUTE, muteFault } from "../findings/telling-rules.ts";
import { muteCampaign, recallCampaigns } from "../ledger/campaigns.ts";
import { Problem, problemTexts } from "../problems.ts";
import { DAY, duration, iso, later } from "../time.ts";
import { badRequest, bodyOf, json } from "./answers.ts";
import type { HttpHandler } from "./trigger.ts";

const LARGEST_REQUEST = 4 * 1024;
const MOST_DAYS = LONGEST_MUTE / DAY;
const ADVICE = `Send {"because":"…","by":"ada@contoso.example","days":7}, with ${MOST_DAYS} days at most.`;

const line = z.string().trim().min(1);
const schema = z.strictObject({
  because: line.max(500),
  by: line.max(120),
  days: z.number().positive().max(MOST_DAYS),
});

export const mute: HttpHandler = async (asked, { ports }) => {
  const name = asked.params.name ?? "";
  const { because, by, days } = read(await bodyOf(asked, LARGEST_REQUEST));
  const now = ports.clock.now();
  const muted = { because, by, until: later(now, duration(days * DAY)) };
  const fault = muteFault(muted, now);
  if (fault !== null) throw badRequest(fault, ADVICE);
  const known = (await recallCampaigns(ports.journal, now)).map(({ memory }) => memory.id);
  const meant = known.filter((id) => id === name.toLowerCase() || shortNameOf(id) === name.toLowerCase());
  const [id] = meant;
  if (id === undefined) throw new Problem(problemTexts.unknownCampaign(name));
  // Two campaigns can have the same two words; which was meant only its id says.
  if (meant.length > 1)
    throw badRequest(`${meant.length} campaigns are called "${name}".`, `Use the id: ${meant.join(", ")}.`);
  if (!(await muteCampaign(id, muted, ports.journal))) throw new Problem(problemTexts.busyCampaign(shortNameOf(id)));
  return json({ campaign: id, shortName: shortNameOf(id), by, because, until: iso(muted.until) });
};

function read(body: string): z.infer<typeof schema> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw badRequest("The body is not JSON.", ADVICE);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": "));
  throw badRequest(`The body does not fit: ${issues.join("; ")}.`, ADVICE);
}
