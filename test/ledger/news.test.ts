// How much of what is new may be said on cards of its own.
import { expect, test } from "vitest";
import { type Campaign, incidentId, type Level } from "../../src/findings/campaign.ts";
import { allot, type News, newsIn } from "../../src/ledger/news.ts";
import { groupId } from "../../src/ledger/records.ts";
import { plan } from "../../src/response/plan.ts";
import { earlier, minutes } from "../../src/time.ts";
import { at, ownHunt } from "../builders.ts";
import { aCampaign } from "../response/examples.ts";

const now = at("2026-11-21T12:00:00Z");
const hunt = ownHunt("single-factor-spray");
const context = { hunts: [], setAside: [], links: null, incidentUrl: null, rehearsal: false, stopped: false };

function news(level: Level, id: string): News {
  const campaign: Campaign = aCampaign(level, { id });
  const planned = plan(campaign, [hunt], context);
  const cards = planned.actions.filter((action) => action.kind === "postCard");
  return { plan: planned, digest: id, actions: [], cards, absorbed: [] };
}

test("a comment on a campaign that turned out to be part of an older one goes to its newest incident", () => {
  const campaign = aCampaign("attempted");
  const [finding] = campaign.findings;
  if (finding === undefined) throw new Error("The campaign of the examples has no finding.");
  const known = (key: string, id: string) => ({
    finding: { ...finding, key },
    campaign: id,
    news: "",
    cards: [],
    joined: "",
  });
  const group = { known: [known(finding.key, campaign.id), known("younger", "another")] };
  const memory = { hunt: hunt.id, windowColumn: "", groups: new Map([[groupId(finding), { version: null, group }]]) };
  const told = newsIn(plan(campaign, [hunt], context), memory, new Map([["another", 3]]));
  expect(told?.actions.filter(({ kind }) => kind === "addComment")).toMatchObject([
    { campaign: "another", incident: incidentId({ id: "another", generation: 3 }) },
  ]);
});

const many = (level: Level, count: number): readonly News[] =>
  Array.from({ length: count }, (_, n) => news(level, `${level}-${n}`));
const budget = { perHour: 5, perDay: 20 };
const none = { posted: [], waiting: [], owed: [] };
const spent = {
  ...none,
  posted: Array.from({ length: 20 }, (_, n) => ({ at: earlier(now, minutes(10)), card: `card ${n}` })),
};

test("proof has its own card where the budget of the hour and of the day is spent", () => {
  const proven = [...many("entered", 4), ...many("known", 5)];
  const { own, gathered } = allot([...many("attempted", 3), ...proven], spent, budget, "each", now);
  expect(own).toEqual(new Set(proven));
  expect(gathered).toHaveLength(3);
});

test("proof has its own card where everything else of an outage is told on one", () => {
  const [proof, attempt] = [news("known", "a"), news("attempted", "b")];
  expect(allot([proof, attempt], none, budget, "later", now)).toEqual({ own: new Set([proof]), gathered: [] });
});

test("cards for proof count against what is left for the rest", () => {
  const [proof, rest] = [many("entered", 3), many("possible", 4)];
  const { own, gathered } = allot([...rest, ...proof], none, budget, "each", now);
  expect([own.size, gathered.length]).toEqual([4, 3]);
});

test("where a card that gathers is to come anyway, its place is taken and every other may be used", () => {
  const waiting = [{ campaign: "earlier", hunt: "Another hunt", title: "31 attempted" }];
  const { own, gathered } = allot(many("attempted", 6), { posted: [], waiting }, budget, "each", now);
  expect([own.size, gathered.length]).toEqual([4, 2]);
});

test("cards that a run has counted and did not come to promise are not counted against themselves", () => {
  const again = many("attempted", 5);
  const posted = again.flatMap(({ cards }) => cards.map(({ id }) => ({ at: now, card: id })));
  expect(allot(again, { posted, waiting: [] }, budget, "each", now).own.size).toBe(5);
});
