// Comments on an incident: what changed, what to do, what was done.
import type { Campaign, ProvenAccount, Task } from "../findings/campaign.ts";
import { addressesOf, countsOf, huntsOf, nameOf } from "./campaign-facts.ts";
import { safeText } from "./safe-text.ts";
import type { Deed } from "./telling.ts";
import * as say from "./words.ts";

/** The service takes 30,000 characters (learn.microsoft.com/azure/sentinel/sentinel-service-limits). */
export const COMMENT_LIMIT = 30_000;
const MOST_ACCOUNTS = 40;

const safe = safeText.incident;

/** What is new since `before` was told; "" where nothing is that would interest anybody. */
export function changeComment(before: Campaign, after: Campaign): string {
  const sections = [
    accounts(say.comments.newlyEntered, newIn(before.accounts.entered, after.accounts.entered)),
    accounts(say.comments.newlyKnown, newIn(before.accounts.known, after.accounts.known)),
    changes(before, after),
  ].filter((lines) => lines.length > 0);
  if (sections.length === 0) return "";
  const head = `${say.comments.changed} ${say.verdict(countsOf(after))}.`;
  return [[head], ...sections].map((lines) => lines.join("\n")).join("\n\n");
}

/** Known by id where there is one, since names change. */
function newIn(before: readonly ProvenAccount[], after: readonly ProvenAccount[]): readonly ProvenAccount[] {
  const key = (account: ProvenAccount) => account.id || account.name.toLowerCase();
  const told = new Set(before.map(key));
  return after.filter((account) => !told.has(key(account)));
}

function accounts(title: string, some: readonly ProvenAccount[]): readonly string[] {
  if (some.length === 0) return [];
  const rest = say.more(some.length - MOST_ACCOUNTS);
  return [
    `${title} (${say.count(some.length)}):`,
    ...some
      .slice(0, MOST_ACCOUNTS)
      .map(
        (one) =>
          `- ${safe(nameOf(one))}${one.privileged ? ` (${say.words.privileged})` : ""}: ${safe(one.because, 240)}`,
      ),
    ...(rest === "" ? [] : [`- ${rest}`]),
  ];
}

function changes(before: Campaign, after: Campaign): readonly string[] {
  const [was, is] = [countsOf(before), countsOf(after)];
  const seen = new Set(huntsOf(before).map((hunt) => hunt.slug));
  const hunts = huntsOf(after).filter((hunt) => !seen.has(hunt.slug));
  const number = (name: string, from: number, to: number): readonly string[] =>
    from === to ? [] : [`- ${name}: ${say.count(from)} → ${say.count(to)}`];
  const level = (campaign: Campaign) => say.levels[campaign.assessment.level].name;
  return [
    ...(level(before) === level(after) ? [] : [`- ${say.comments.level}: ${level(before)} → ${level(after)}`]),
    ...(before.assessment.whole === after.assessment.whole
      ? []
      : [`- ${after.assessment.whole ? say.comments.nowWhole : say.words.partial}`]),
    ...hunts.map((hunt) => `- ${say.comments.alsoFoundBy} ${say.huntKind(safe(hunt.slug))}`),
    ...number(say.words.accounts, was.attempted, is.attempted),
    ...number(say.words.attempts, was.attempts, is.attempts),
    ...number(say.words.sources, addressesOf(before).length, addressesOf(after).length),
    ...(before.last === after.last ? [] : [`- ${say.comments.last}: ${say.time(after.last)}`]),
  ];
}

/** The tasks as one comment, for portals that show no tasks; as many as fit, the most urgent first. */
export function tasksComment(tasks: readonly Task[]): string {
  let text = say.comments.tasks;
  let told = 0;
  for (const task of tasks) {
    const query = task.kql === "" ? "" : `\n\n\`\`\`kql\n${task.kql}\n\`\`\``;
    const next = `\n\n${told + 1}. ${safe(task.title, 120)}\n${safe(task.text, 1_500)}${query}`;
    if (text.length + next.length > COMMENT_LIMIT - 100) break;
    text += next;
    told += 1;
  }
  const rest = say.more(tasks.length - told);
  return rest === "" ? text : `${text}\n\n${rest}`;
}

/** What was done, failed, or was only rehearsed, account by account. */
export function deedsComment(deeds: readonly Deed[], approver: string): string {
  const lines = deeds
    .slice(0, MOST_ACCOUNTS)
    .map((deed) => `- ${safe(deed.account, 113)}: ${safe(say.outcome(deed.kind, deed.outcome), 300)}`);
  const rest = say.more(deeds.length - lines.length);
  const by = approver === "" ? say.comments.automatic : `${say.comments.approvedBy} ${safe(approver, 113)}`;
  return [`${say.comments.deeds} ${by}.`, ...lines, ...(rest === "" ? [] : [`- ${rest}`])].join("\n");
}
