// The page on which a person decides: the evidence, the accounts, what will happen to each. Without script, in one column.
import type { Decided, Reviewed } from "../approve.ts";
import type { Campaign } from "../findings/campaign.ts";
import { instantOf, textOf } from "../findings/cells.ts";
import type { AccountOrder, Approval, ApprovalPart, Decision, Person } from "../ledger/response-records.ts";
import type { Row } from "../ports.ts";
import { addressesOf, countsOf, huntsOf, nameOf } from "../response/campaign-facts.ts";
import { limitsOf, noticedBy } from "../response/card-words.ts";
import { measureFacts, nextStep, ON_PREMISES, onPremisesSteps } from "../response/measures.ts";
import { approverName } from "../response/order-words.ts";
import { deedsOf } from "../response/orders.ts";
import type { PlannedAccount } from "../response/plan-accounts.ts";
import type { Measure } from "../response/rules.ts";
import { safeText } from "../response/safe-text.ts";
import * as say from "../response/words.ts";
import { pageStyle } from "./page-style.ts";

export interface Page {
  readonly status: number;
  readonly html: string;
}

const safe = safeText.html;
/** Markup that has been made safe already. */
type Html = string;
const paragraph = (text: string, kind = ""): Html =>
  `<p${kind === "" ? "" : ` class="${kind}"`}>${safe(text, 1_000)}</p>`;
const list = (lines: readonly string[]): Html =>
  `<ul>${lines.map((line) => `<li>${safe(line, 500)}</li>`).join("")}</ul>`;
const facts = (rows: readonly (readonly [string, string])[]): Html =>
  `<dl>${rows
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `<dt>${safe(name)}</dt><dd>${safe(value, 600)}</dd>`)
    .join("")}</dl>`;
const note = (text: string): Html => `<p class="note"><strong>Note:</strong> ${safe(text, 1_000)}</p>`;

function page(title: string, kind: string, body: Html, status = 200): Page {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${safe(title, 200)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<p class="kind">${safe(kind)}</p>
<h1>${safe(title, 200)}</h1>
${body}
</main>
</body>
</html>
`;
  return { status, html };
}

const ASKED = "Decision asked";

export function pageOf(result: Reviewed | Decided): Page {
  switch (result.kind) {
    case "open":
      return openPage(result.approval, result.person, result.stopped);
    case "carriedOut":
      return carriedOutPage(result.order, result.changed);
    case "declined":
      return page(
        "Declined: nothing is done",
        result.approval.campaign.shortName,
        paragraph("It stands in the incident under your name. With new proof you are asked again.") +
          rest(result.approval),
      );
    case "unknown":
      return page(
        "There is no such question",
        ASKED,
        paragraph("The link is wrong or long over. Nothing was done."),
        404,
      );
    case "forbidden":
      return page(
        "You cannot decide this",
        ASKED,
        paragraph(result.because) +
          paragraph("Nothing was done. Where nobody else can decide, go on by hand from the incident."),
        403,
      );
    case "expired":
      return page(
        "Too late to decide here",
        result.approval.campaign.shortName,
        paragraph(`The link could be used until ${say.time(result.approval.expires)}. Nothing was done.`) +
          paragraph("Go on by hand from the incident: set new passwords under MFA now."),
        410,
      );
    case "altered":
      return page(
        "The question has changed",
        result.approval.campaign.shortName,
        paragraph("What you decided on is not what is asked. Nothing was done. Open the link again.") + back,
        409,
      );
    case "decided":
      return page(
        "It has been decided already",
        result.approval.campaign.shortName,
        paragraph(decided(result.decision)) + back,
        409,
      );
    case "notDone":
      return page(
        "Nothing was done",
        result.approval.campaign.shortName,
        paragraph(result.because) + changes(result.changed) + back,
        409,
      );
  }
}

/** To the same address, which shows and never acts. */
const back: Html = `<p><a href="">Show the question again</a></p>`;

const decided = ({ kind, by, at }: Decision): string =>
  `${kind === "approved" ? "Approved" : "Declined"} by ${approverName(by)} at ${say.time(at)}.`;

function openPage(approval: Approval, person: Person, stopped: boolean): Page {
  const { campaign, parts } = approval;
  const open = parts.filter(({ decision }) => decision === null);
  const accounts = open.flatMap((part) => part.accounts);
  const title =
    accounts.length === 0
      ? "Everything here has been decided"
      : `Act on ${say.plural(accounts.length, "proven account")}?`;
  const body = [
    ...(stopped ? [note("The stop switch is on: approving does nothing until it is off.")] : []),
    paragraph(
      "Opening this page changes nothing. Only the buttons do, and everything is checked again before anything is done.",
      "soft",
    ),
    ...(open.length === 0 ? [] : [`<p><strong>${safe(`Decide before ${say.time(approval.expires)}.`)}</strong></p>`]),
    paragraph(
      `You decide as ${approverName(person)}.${person.verified ? "" : " Nobody has signed in here: on a laptop, nothing leaves the machine."}`,
    ),
    ...(approval.because === "" ? [] : [note(approval.because)]),
    `<section aria-labelledby="evidence"><h2 id="evidence">The campaign ${safe(campaign.shortName)}</h2>${evidence(campaign)}</section>`,
    ...inShort(accounts.map(({ measures }) => measures)),
    ...parts.map((part, n) => partSection(part, n, parts.length, approval.digest)),
    `<section aria-labelledby="meaning"><h2 id="meaning">More about the measures</h2>${meanings(accounts.flatMap(({ measures }) => measures))}</section>`,
  ];
  return page(title, ASKED, body.join("\n"));
}

/** Ahead of the buttons: what the people behind the accounts will notice, and what it does not achieve. */
const inShort = (each: readonly (readonly Measure[])[]): readonly Html[] =>
  [...noticedBy(each), ...limitsOf(each)].map((line) => paragraph(line));

function evidence(campaign: Campaign): Html {
  const hunts = huntsOf(campaign)
    .map(({ slug }) => say.huntKind(slug))
    .join(" and ");
  return (
    paragraph(say.sentence(campaign.assessment.because)) +
    facts([
      ["What happened", say.verdict(countsOf(campaign))],
      ["How", hunts],
      ["When", say.period(campaign.first, campaign.last)],
      ["From", say.firstOf(addressesOf(campaign), 8)],
      ["Countries", campaign.countries.join(", ")],
      ["Applications", say.firstOf(campaign.applications, 5)],
      ["Attempts", say.attemptsIn(campaign.attempts, campaign.last - campaign.first)],
    ])
  );
}

function partSection({ accounts, decision }: ApprovalPart, n: number, of: number, digest: string): Html {
  const id = `part-${n + 1}`;
  const title = of === 1 ? "The accounts" : `Part ${n + 1} of ${of}: ${say.plural(accounts.length, "account")}`;
  const form =
    decision === null
      ? `<form method="post" aria-labelledby="${id}">
<input type="hidden" name="part" value="${n}">
<input type="hidden" name="digest" value="${safe(digest, 100)}">
<button class="act" name="decision" value="approve">${safe(`${approveWords(accounts)}`)}</button>
<button name="decision" value="decline">${safe(`Decline: do nothing to ${accounts.length === 1 ? "it" : "them"}`)}</button>
</form>`
      : paragraph(decided(decision), "note");
  return `<section aria-labelledby="${id}"><h2 id="${id}">${safe(title)}</h2>
<ul class="accounts">${accounts.map(accountItem).join("\n")}</ul>
${form}</section>`;
}

/** The button says what it does, and to how many. */
function approveWords(accounts: readonly PlannedAccount[]): string {
  const kinds = [
    ...Map.groupBy(
      accounts.flatMap(({ measures }) => measures),
      (measure) => measure,
    ),
  ];
  const alike = kinds.every(([, some]) => some.length === accounts.length);
  const what = alike
    ? `${kinds.map(([kind]) => say.actionPlan(kind)).join(", then ")} for ${say.plural(accounts.length, "account")}`
    : kinds.map(([kind, some]) => `${say.actionPlan(kind)} for ${say.plural(some.length, "account")}`).join(", then ");
  return `Approve: ${what}`;
}

function accountItem(planned: PlannedAccount): Html {
  const { account, measures, privileged, synchronised, lastProof } = planned;
  return `<li>
<h3>${safe(nameOf(account))}${privileged === "" ? "" : ` <span class="mark">${safe(say.words.privileged)}</span>`}</h3>
${facts([
  ["Will happen", measures.map(say.actionPlan).join(", then ")],
  ["Proof", account.because],
  ["Last proof", say.time(lastProof)],
  ["Privileged", privileged],
])}
${synchronised ? `<p>${safe(ON_PREMISES)}</p>${list(onPremisesSteps(measures))}` : ""}
${proofs(account)}
</li>`;
}

function proofs({ rows, because }: PlannedAccount["account"]): Html {
  if (rows.length === 0) return "";
  const lines = list(rows.map((row) => proofLine(row, because)));
  return `<details><summary>Sign-ins that prove it (${rows.length})</summary>${lines}</details>`;
}

/** What was said of the account already is not said of each sign-in again. */
function proofLine(row: Row, said: string): string {
  const at = instantOf(row.LastTime) ?? instantOf(row.TimeGenerated) ?? instantOf(row.FirstTime);
  const code = textOf(row.ResultType);
  const network = textOf(row.AutonomousSystemNumber);
  const because = textOf(row.Because);
  const parts = [
    at === null ? "" : say.time(at),
    [textOf(row.IPAddress), network === "" ? "" : `AS${network}`, textOf(row.Location)]
      .filter((text) => text !== "")
      .join(" "),
    textOf(row.AppDisplayName),
    code === "" ? "" : `${code} ${say.codeMeaning(code)}`.trim(),
    said.includes(because) ? "" : because,
  ];
  return parts.filter((part) => part !== "").join(" · ");
}

function meanings(measures: readonly Measure[]): Html {
  const kinds = [...new Set(measures)];
  if (kinds.length === 0) return paragraph("Nothing is asked any more.");
  return (
    kinds
      .map((measure) => {
        const { noticed, achieves, undo, permission } = measureFacts[measure];
        return `<h3>${safe(say.capital(say.actionPlan(measure)))}</h3>${facts([
          ["Achieves", achieves],
          ["Employee notices", noticed],
          ["To undo", undo],
          ["Graph permission", permission],
        ])}`;
      })
      .join("") + paragraph(`Afterwards: ${nextStep(kinds)}`)
  );
}

function changes(changed: readonly { readonly account: string; readonly what: string }[]): Html {
  if (changed.length === 0) return "";
  return `<h2>What has changed since the question was asked</h2>${list(changed.map(({ account, what }) => `${account}: ${what}`))}`;
}

function carriedOutPage(
  order: AccountOrder,
  changed: readonly { readonly account: string; readonly what: string }[],
): Page {
  const deeds = deedsOf(order);
  const open = order.accounts.some(({ steps }) => steps.some(({ state }) => state === "waiting" || state === "begun"));
  const done = deeds.filter(({ outcome }) => outcome.kind === "done").length;
  const steps = order.accounts.flatMap((account) => account.steps);
  const measures = [...new Set(steps.filter(({ state }) => state === "done").map(({ measure }) => measure))];
  const results = order.accounts.map(
    ({ planned, steps }) =>
      `<li><h3>${safe(nameOf(planned.account))}</h3>${list(steps.map((step) => say.capital(stepWords(step))))}</li>`,
  );
  const title = open
    ? "Approved: being carried out"
    : done === deeds.length
      ? "Approved and done"
      : `Approved: ${say.count(done)} of ${say.count(deeds.length)} steps done`;
  return page(
    title,
    order.campaign.shortName,
    `<h2>What became of it</h2><ul class="accounts">${results.join("\n")}</ul>` +
      (open ? note("The rest is tried again by itself; the incident and a card tell how it ends.") : "") +
      changes(changed) +
      `<h2>Next</h2>${paragraph(nextStep(measures))}` +
      back,
  );
}

function stepWords({ measure, state, detail, advice }: AccountOrder["accounts"][number]["steps"][number]): string {
  switch (state) {
    case "done":
      return `${say.actionDone(measure)}. ${detail}`;
    case "failed":
      return `could not ${say.actionPlan(measure)}. ${detail} ${advice}`.trim();
    case "heldBack":
      return `${say.actionPlan(measure)}: not done. ${detail}`;
    case "waiting":
    case "begun":
      return `${say.actionPlan(measure)}: not done yet. ${detail} ${advice}`.trim();
  }
}

const rest = ({ parts }: Approval): Html =>
  parts.some(({ decision }) => decision === null) ? `<p><a href="">Go on with the other parts</a></p>` : "";
