// GET and POST /api/approvals/{number}: the page on which a person decides. GET shows and never acts; POST acts, and only
// from the app's own page.

import { type Page, pageOf } from "../approvals/page.ts";
import { pageHeaders } from "../approvals/page-style.ts";
import { decideApproval, reviewApproval, type Verdict } from "../approve.ts";
import { later } from "../time.ts";
import { bodyOf } from "./answers.ts";
import { approvingOf } from "./response-rules.ts";
import type { Answered, Asked, HttpHandler } from "./trigger.ts";

const LARGEST_FORM = 2 * 1024;
const FORM = "application/x-www-form-urlencoded";

const answer = ({ status, html }: Page): Answered => ({
  status,
  type: "text/html; charset=utf-8",
  headers: pageHeaders,
  body: html,
});

export const showApproval: HttpHandler = async (asked, app) => {
  const approver = app.whoAsks((name) => asked.header(name));
  return answer(pageOf(await reviewApproval(asked.params.number ?? "", approver, approvingOf(app))));
};

export const decideOnApproval: HttpHandler = async (asked, app) => {
  const approving = approvingOf(app, later(app.ports.clock.now(), app.settings.timers.onDemandDeadline));
  const from = foreign(asked, approving.rules.approvals?.appUrl ?? null);
  if (from !== "") return answer(pageOf({ kind: "forbidden", because: from }));
  const verdict = verdictOf(await bodyOf(asked, LARGEST_FORM));
  if (verdict === null) {
    return answer(pageOf({ kind: "forbidden", because: "What was sent is not what this page's buttons send." }));
  }
  const approver = app.whoAsks((name) => asked.header(name));
  const limits = { deadline: later(app.ports.clock.now(), app.settings.timers.onDemandDeadline) };
  return answer(pageOf(await decideApproval(asked.params.number ?? "", verdict, approver, approving, limits)));
};

/** Why a request is not one of this app's own page, "" where it is. A browser says where a form was sent from. */
function foreign(asked: Asked, appUrl: string | null): string {
  if (appUrl === null) return "Approvals are off (APPROVALS).";
  const site = asked.header("sec-fetch-site");
  if (asked.header("origin") !== appUrl || (site !== null && site !== "same-origin")) {
    return "The decision was not sent from this app's own page, so it may not be yours. Open the link and decide there.";
  }
  const type = (asked.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  return type === FORM ? "" : "What was sent is not what this page's buttons send.";
}

function verdictOf(body: string): Verdict | null {
  const form = new URLSearchParams(body);
  const [part, ...otherParts] = form.getAll("part");
  const [decision, ...otherDecisions] = form.getAll("decision");
  const digest = form.get("digest") ?? "";
  if (otherParts.length + otherDecisions.length > 0 || !/^\d{1,3}$/.test(part ?? "")) return null;
  if (decision !== "approve" && decision !== "decline") return null;
  return { part: Number(part), decision, digest };
}
