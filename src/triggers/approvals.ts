// GET and POST /api/approvals/{number}: the page on which a person decides. GET shows and never acts; POST acts, and only
// from the app's own page.

import { type Page, pageOf } from "../approvals/page.ts";
import { pageHeaders } from "../approvals/page-style.ts";
import { type Approving, type Decided, decideApproval, reviewApproval, type Verdict } from "../approve.ts";
import { refusedEvent } from "../response-events.ts";
import { type Instant, later } from "../time.ts";
import { bodyOf } from "./answers.ts";
import type { App } from "./app.ts";
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

type ApprovingOf = (app: App, deadline?: Instant) => Approving;

export const showing =
  (approving: ApprovingOf): HttpHandler =>
  async (asked, app) => {
    const approver = app.whoAsks((name) => asked.header(name));
    return answer(pageOf(await reviewApproval(asked.params.number ?? "", approver, approving(app))));
  };

export const deciding =
  (approving: ApprovingOf): HttpHandler =>
  async (asked, app) => {
    const deadline = later(app.ports.clock.now(), app.settings.timers.onDemandDeadline);
    const story = approving(app, deadline);
    try {
      return answer(pageOf(await decided(asked, app, story, deadline)));
    } finally {
      await app.ports.events.flush();
    }
  };

async function decided(asked: Asked, app: App, story: Approving, deadline: Instant): Promise<Decided> {
  const { events } = app.ports;
  const refused = (because: string): Decided => {
    events.emit(refusedEvent("forbidden"));
    return { kind: "forbidden", because };
  };
  const foreign = whyForeign(asked, story.rules.approvals?.appUrl ?? null);
  if (foreign !== "") return refused(foreign);
  const verdict = verdictOf(await bodyOf(asked, LARGEST_FORM));
  if (verdict === null) return refused(NOT_OURS);
  const approver = app.whoAsks((name) => asked.header(name));
  return decideApproval(asked.params.number ?? "", verdict, approver, story, { deadline });
}

export const showApproval = showing(approvingOf);
export const decideOnApproval = deciding(approvingOf);

const NOT_OURS = "What was sent is not what this page's buttons send.";

/** Why a request is not one of this app's own page, "" where it is. A browser says where a form was sent from. */
function whyForeign(asked: Asked, appUrl: string | null): string {
  if (appUrl === null) return "Approvals are off (APPROVALS).";
  const site = asked.header("sec-fetch-site");
  if (asked.header("origin") !== appUrl || (site !== null && site !== "same-origin")) {
    return "The decision was not sent from this app's own page, so it may not be yours. Open the link and decide there.";
  }
  const type = (asked.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  return type === FORM ? "" : NOT_OURS;
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
