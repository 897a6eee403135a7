// What became of the proven accounts, as the journal has it and as people were told, beside what was really done to them.

import { readRecord } from "../../src/ledger/records.ts";
import { type AccountOrder, APPROVALS, RESPONSE, responseRecords } from "../../src/ledger/response-records.ts";
import { graphAccountOf, graphCallOf } from "../azure/graph-server.ts";
import type { Call } from "../far-end.ts";
import { objectIdOf, proven, type Stage } from "./fault-stage.ts";

export interface Fates {
  /** What no responder would forgive, in words. */
  readonly wrong: readonly string[];
  /** Of each account "done", "told" where not all could be done, or "asked" where a person decides. */
  readonly each: Readonly<Record<string, string>>;
}

const MEASURES = { disable: "disableAccount", revoke: "revokeSessions" } as const;

export async function fatesOf(stage: Stage): Promise<Fates> {
  const records = await stage.app.ports.journal.list(RESPONSE, "", 1_000);
  const orders = records
    .filter(({ id }) => id.startsWith("order ") || id.startsWith("done "))
    .map((record) => readRecord(responseRecords.order, record, RESPONSE));
  const asked = records
    .filter(({ id }) => id.startsWith(APPROVALS))
    .map((record) => readRecord(responseRecords.approval, record, RESPONSE))
    .filter(({ askedAt }) => askedAt !== null)
    .flatMap(({ parts }) => parts.flatMap(({ accounts }) => accounts.map(({ account }) => account.name)));
  const fates = proven.map((name) => [name, fateOf(name, orders, asked, stage)] as const);
  return {
    each: Object.fromEntries(fates),
    wrong: [
      ...fates
        .filter(([, fate]) => !["done", "told", "asked"].includes(fate))
        .map(([name, fate]) => `${name}: ${fate}`),
      ...proven.flatMap((name) => deedsAgainstRecord(name, orders, stage)),
      ...unguarded(stage.farEnd.log),
    ],
  };
}

function fateOf(name: string, orders: readonly AccountOrder[], asked: readonly string[], stage: Stage): string {
  const mine = orders.filter(({ accounts }) => accounts.some(({ planned }) => planned.account.name === name));
  const [order] = mine;
  if (order === undefined) {
    if (!asked.includes(name)) return "neither ordered nor asked about";
    return stage.farEnd.cards.some((title) => title.startsWith("Decision")) ? "asked" : "asked about on no card";
  }
  if (mine.length > 1) return `in ${mine.length} orders`;
  if (order.state !== "closed") return `its order is ${order.state}`;
  const said = [...stage.farEnd.comments.values()].some(
    ({ text }) => text.includes(name) && !text.startsWith("About to be done"),
  );
  if (!said) return "the incident does not say what became of it";
  if (!stage.farEnd.cards.some((title) => /^(?:Done|Not everything)/.test(title)))
    return "no card says what became of it";
  const steps = order.accounts.flatMap(({ planned, steps: own }) => (planned.account.name === name ? own : []));
  return steps.every(({ state }) => state === "done") ? "done" : "told";
}

/** Done twice, done and not written down, or written down and not done. */
function deedsAgainstRecord(name: string, orders: readonly AccountOrder[], { graph }: Stage): readonly string[] {
  const id = objectIdOf(name);
  return (["disable", "revoke"] as const).flatMap((call) => {
    const times = graph.done.filter((deed) => deed.call === call && deed.id === id).length;
    const recorded = orders
      .flatMap(({ accounts }) => accounts)
      .filter(({ planned }) => planned.account.name === name)
      .some(({ steps }) => steps.some(({ measure, state }) => measure === MEASURES[call] && state === "done"));
    return [
      ...(times > 1 ? [`${name}: ${call} ${times} times`] : []),
      ...(times > 0 && !recorded ? [`${name}: ${call} was done and is not recorded`] : []),
      ...(times === 0 && recorded ? [`${name}: ${call} is recorded and was not done`] : []),
    ];
  });
}

const ASKED_BEFORE = ["user", "groups", "groups behind roles", "eligible groups"] as const;

/** Whatever was done although something that protects an account had not been read just before. */
function unguarded(log: readonly Call[]): readonly string[] {
  const calls = log.filter(({ service }) => service === "graph");
  return calls.flatMap(({ seen, done }, n) => {
    const call = graphCallOf(seen);
    if (!done || (call !== "disable" && call !== "revoke")) return [];
    const id = graphAccountOf(seen);
    const before = calls.slice(0, n);
    const last = (kind: string, account: string): Call | undefined =>
      before.findLast(
        (one) => graphCallOf(one.seen) === kind && (account === "" || graphAccountOf(one.seen) === account),
      );
    const unread = [
      ...ASKED_BEFORE.filter((kind) => last(kind, id)?.answered !== true),
      ...(["roles", "eligible roles"] as const).filter((kind) => last(kind, "")?.answered !== true),
    ];
    return unread.map((kind) => `${call} of ${id.slice(0, 8)} without ${kind}`);
  });
}
