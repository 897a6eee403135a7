// What has to be said: recorded before it is said, deleted after, tried again with growing pauses, given up in the open.
import { eventNames } from "../event-names.ts";
import type { Change, Journal, JournalRecord, Ports } from "../ports.ts";
import type { Action } from "../response/action.ts";
import type { Done } from "../response/carry-out.ts";
import { duration, hours, type Instant, later, minutes } from "../time.ts";
import { cellOf, DELIVERIES, type Delivery, deadLetterId, readRecord, records } from "./records.ts";

/** A delivery in the hands of this process: nobody else touches it before `until`. */
export interface Held {
  readonly partition: string;
  readonly id: string;
  readonly version: string;
  readonly delivery: Delivery;
  readonly action: Action;
}

/** How long a delivery belongs to whoever promised or claimed it. */
const HOLD = minutes(2);
const FIRST_PAUSE = minutes(1);
const LONGEST_PAUSE = hours(6);
/** With the pauses above these are two days. */
export const MOST_TRIES = 17;

/** The id of an action at its sink: the same thing said again has the same. */
export function deliveryId(action: Action): string {
  switch (action.kind) {
    case "openIncident":
      return `${DELIVERIES}incident ${action.incident.id}`;
    case "postCard":
      return `${DELIVERIES}card ${action.id}`;
    case "addComment":
      return `${DELIVERIES}comment ${action.incident} ${action.id}`;
    case "answerCase":
      return `${DELIVERIES}case ${action.campaign}`;
    case "disableAccount":
      return `${DELIVERIES}disable ${action.campaign} ${action.account}`;
    case "revokeSessions":
      return `${DELIVERIES}revoke ${action.campaign} ${action.account}`;
  }
}

/** A newer version of what is waiting takes its place. Until `notBefore` it is in the hands of whoever promises it. */
export const promised = (action: Action, now: Instant, notBefore: Instant = later(now, HOLD)): Change => ({
  kind: "put",
  id: deliveryId(action),
  value: cellOf({ action, promisedAt: now, tries: 0, notBefore, trouble: "" } satisfies Record<
    keyof Delivery,
    unknown
  >),
  basedOn: "any",
});

/** What was just promised, as this process holds it. */
export const heldFrom = (partition: string, action: Action, version: string, now: Instant): Held => ({
  partition,
  id: deliveryId(action),
  version,
  delivery: { action: { ...action }, promisedAt: now, tries: 0, notBefore: later(now, HOLD), trouble: "" },
  action,
});

/** What was tried once, outside any delivery, and could not be said: from now on it is a delivery like every other. */
export const owed = (done: readonly Done[], now: Instant): readonly Change[] =>
  done
    .filter(({ outcome }) => outcome.kind === "failed")
    .map(({ action }) => promised(action, now, later(now, FIRST_PAUSE)));

/** Deliveries of a partition whose time has come, at most `most`. */
export async function dueDeliveries(
  partition: string,
  now: Instant,
  most: number,
  journal: Journal,
): Promise<readonly Held[]> {
  const due: Held[] = [];
  for (let from = DELIVERIES; due.length < most; ) {
    const page = await journal.list(partition, from, PAGE);
    const ours = page.filter(({ id }) => id.startsWith(DELIVERIES));
    due.push(...ours.map((record) => held(partition, record)).filter(({ delivery }) => delivery.notBefore <= now));
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE || ours.length < page.length) break;
    from = `${last.id}\u0000`;
  }
  return due.slice(0, most);
}
const PAGE = 100;

function held(partition: string, record: JournalRecord): Held {
  const delivery = readRecord(records.delivery, record, partition);
  // It was written from an Action by `promised`, and its kind was checked by the schema.
  return { partition, id: record.id, version: record.version, delivery, action: delivery.action as unknown as Action };
}

/** Takes deliveries of one partition into this process's hands; those that another was quicker to take are left out. */
export async function claim(due: readonly Held[], now: Instant, journal: Journal): Promise<readonly Held[]> {
  const [first] = due;
  if (first === undefined) return [];
  const wanted = due.map((one) => ({ ...one, delivery: { ...one.delivery, notBefore: later(now, HOLD) } }));
  const changes = wanted.map(
    ({ id, version, delivery }): Change => ({ kind: "put", id, value: cellOf(delivery), basedOn: version }),
  );
  const committed = await journal.commit(first.partition, changes);
  if (committed.kind === "committed") {
    return wanted.map((one) => ({ ...one, version: committed.versions[one.id] ?? "" }));
  }
  if (due.length === 1) return [];
  const each: Held[] = [];
  for (const one of due) each.push(...(await claim([one], now, journal)));
  return each;
}

export interface GivenUp {
  readonly held: Held;
  readonly code: string;
}

/**
 * Writes down what became of deliveries that this process holds: what was done is over, what failed waits for its next
 * try or is given up. A record that has moved on meanwhile, because something newer is to be said, is left alone.
 */
export async function settle(
  results: readonly { readonly held: Held; readonly done: Done }[],
  { journal, clock, events }: Pick<Ports, "journal" | "clock" | "events">,
): Promise<readonly GivenUp[]> {
  const now = clock.now();
  const givenUp: GivenUp[] = [];
  const changes: Change[] = [];
  for (const { held: one, done } of results) {
    if (done.outcome.kind !== "failed") {
      changes.push({ kind: "delete", id: one.id, basedOn: one.version });
      continue;
    }
    const tries = one.delivery.tries + 1;
    const { code } = done.outcome;
    if (tries < MOST_TRIES) {
      const waiting: Delivery = { ...one.delivery, tries, trouble: code, notBefore: later(now, pauseAfter(tries)) };
      changes.push({ kind: "put", id: one.id, value: cellOf(waiting), basedOn: one.version });
      continue;
    }
    const { kind, campaign } = one.action;
    const letter = { kind, campaign, promisedAt: one.delivery.promisedAt, givenUpAt: now, tries, code };
    changes.push({ kind: "delete", id: one.id, basedOn: one.version });
    changes.push({ kind: "put", id: deadLetterId(one.id, now), value: cellOf(letter), basedOn: "any" });
    events.emit({ name: eventNames.deadLetter, properties: { channel: kind, code, tries } });
    givenUp.push({ held: one, code });
  }
  const partition = results[0]?.held.partition;
  if (partition !== undefined) await commitWhatStands(partition, changes, journal);
  return givenUp;
}

/** 1, 2, 4 … minutes, then every six hours. */
export const pauseAfter = (tries: number) =>
  duration(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.max(0, tries - 1)));

/** All in one commit; where one of them has moved on, each by itself. */
async function commitWhatStands(partition: string, changes: readonly Change[], journal: Journal): Promise<void> {
  if (changes.length === 0) return;
  const together = await journal.commit(partition, changes);
  if (together.kind === "committed" || changes.length === 1) return;
  for (const change of changes) await journal.commit(partition, [change]);
}
