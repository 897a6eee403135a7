// One service that fails in one way from one call on until the run is over: what is told and done in the end, and what the
// run said.
import { readLedger } from "../../src/ledger/ledger.ts";
import { DELIVERIES, partitionOf } from "../../src/ledger/records.ts";
import type { Azurite } from "../../src/local/azurite.ts";
import { later, minutes } from "../../src/time.ts";
import { fatesOf } from "./account-fates.ts";
import { type Fault, type Faulty, faults, isCallOf, type Position, services } from "./fault-kinds.ts";
import { fire, type Stage, setStage, start } from "./fault-stage.ts";

const callsTo = ({ farEnd, road }: Stage, faulty: Faulty): number =>
  faulty === "table" ? road.calls : farEnd.log.filter(({ service, seen }) => isCallOf(faulty, service, seen)).length;

/** From its `nth` call on, counted from now. */
function arm({ farEnd, road }: Stage, faulty: Faulty, nth: number, fault: Fault): void {
  let call = 0;
  // A service that does its work and says that it did not is not asked the same for ever: once is enough to double.
  const met = (): Fault | undefined => {
    call += 1;
    return (fault.take ? call === nth : call >= nth) ? fault : undefined;
  };
  if (faulty === "table") road.fault = met;
  else farEnd.fault = (service, _, seen) => (isCallOf(faulty, service, seen) ? met() : undefined);
}

function disarm({ farEnd, road }: Stage): void {
  road.fault = undefined;
  farEnd.fault = undefined;
}

export interface Baseline {
  /** Calls of the run that finds the attacks. */
  readonly calls: Readonly<Record<Faulty, number>>;
  readonly ending: Ending;
  readonly said: readonly string[];
}

export interface Ending {
  readonly incidents: readonly string[];
  /** The short names of the campaigns that have a card. */
  readonly cards: readonly string[];
  /** Cards that say what an earlier one said. */
  readonly doubled: number;
  /** What became of each proven account, and what is wrong with it. */
  readonly accounts: Readonly<Record<string, string>>;
  readonly wrong: readonly string[];
  /** Nothing is left to be said, and everything was looked at. */
  readonly settled: boolean;
}

const ABOUT_DEEDS = /^(?:Done|Not everything|Decision|Not contained|Contained|Not known)/;

async function endingOf(stage: Stage): Promise<Ending> {
  const { app, farEnd } = stage;
  const [hunt] = app.hunts;
  if (hunt === undefined) throw new Error("There is no hunt.");
  const left = await app.ports.journal.list(partitionOf(hunt), DELIVERIES, 10);
  const { coverage } = await readLedger(hunt, app.ports.journal);
  // By the campaign's short name, which ends a card's title; how sure it is may have been told with less evidence.
  const cards = farEnd.cards
    .filter((title) => title.includes("single-factor spray"))
    .map((title) => ({ news: newsOf(title), campaign: title.slice(title.lastIndexOf(", ") + 2) }));
  const { each, wrong } = await fatesOf(stage);
  return {
    incidents: [...farEnd.incidents.values()].map(({ properties }) => String(properties.title)).toSorted(),
    cards: [...new Set(cards.filter(({ news }) => news === "found").map(({ campaign }) => campaign))].toSorted(),
    doubled: cards.length - new Set(cards.map(({ news, campaign }) => `${news} ${campaign}`)).size,
    accounts: each,
    wrong,
    settled:
      !left.some(({ id }) => id.startsWith(DELIVERIES)) &&
      coverage?.open.length === 0 &&
      (coverage?.settledTo ?? 0) >= later(start, minutes(30)),
  };
}

const farCards = ({ farEnd }: Stage): readonly string[] => farEnd.cards;

function newsOf(title: string): string {
  if (title.startsWith("New proof")) return "new proof";
  return ABOUT_DEEDS.exec(title)?.[0].replace("Not everything", "Done") ?? "found";
}

const healed = async (stage: Stage): Promise<Ending> => {
  for (const minute of [30, 45, 60, 90, 100]) await fire(stage, later(start, minutes(minute)));
  return endingOf(stage);
};

/** Throws where it does not end as it should: nothing could be told from the cases then. */
export async function undisturbed(azurite: Azurite): Promise<Baseline> {
  const stage = await setStage(azurite);
  try {
    const before = services.map((service) => callsTo(stage, service));
    await fire(stage, later(start, minutes(20)));
    const calls = Object.fromEntries(
      services.map((service, n) => [service, callsTo(stage, service) - (before[n] ?? 0)]),
    );
    const ending = await healed(stage);
    const wrong = [...stage.said, ...ending.wrong, ...(ending.settled ? [] : ["not settled"])];
    if (ending.doubled > 0) wrong.push(`cards said twice: ${farCards(stage).join("; ")}`);
    if (wrong.length > 0) throw new Error(`The undisturbed run does not end well. ${wrong.join(" ")}`);
    return { calls: calls as Baseline["calls"], ending, said: stage.said };
  } finally {
    await stage.close();
  }
}

/** The positions that are different calls. */
export function positionsOf({ calls }: Baseline, service: Faulty): readonly Position[] {
  const all = ["first", "middle", "last"] as const;
  return all.filter(
    (position, n) => !all.slice(0, n).some((other) => nthOf(calls, service, other) === nthOf(calls, service, position)),
  );
}

const nthOf = (calls: Baseline["calls"], service: Faulty, position: Position): number =>
  ({ first: 1, middle: Math.ceil(calls[service] / 2), last: calls[service] })[position];

export interface Result {
  readonly service: Faulty;
  readonly fault: string;
  readonly position: Position;
  readonly lost: readonly string[];
  /** Incidents that should not be there. */
  readonly doubledIncidents: readonly string[];
  readonly doubledCards: number;
  /** What became of each proven account, and what is wrong with it: done twice, unprotected, untold. */
  readonly accounts: Readonly<Record<string, string>>;
  readonly wrong: readonly string[];
  readonly settled: boolean;
  /** Whether a second try within the run was enough. */
  readonly passing: boolean;
  /** What the run in which it happened said of it. */
  readonly said: string;
}

export async function faultCase(
  azurite: Azurite,
  baseline: Baseline,
  service: Faulty,
  name: string,
  position: Position,
): Promise<Result> {
  const stage = await setStage(azurite);
  try {
    const fault = faults[name];
    if (fault === undefined) throw new Error(`There is no fault "${name}".`);
    stage.said.length = 0;
    arm(stage, service, nthOf(baseline.calls, service, position), fault);
    await fire(stage, later(start, minutes(20)));
    const [said = ""] = stage.said;
    disarm(stage);
    const ending = await healed(stage);
    const expected = baseline.ending;
    return {
      service,
      fault: name,
      position,
      lost: [
        ...expected.incidents.filter((each) => !ending.incidents.includes(each)),
        ...expected.cards.filter((each) => !ending.cards.includes(each)).map((each) => `card: ${each}`),
      ],
      doubledIncidents: ending.incidents.filter(
        (each) => !expected.incidents.includes(each) && !each.includes("silent") && !each.includes("not succeeded"),
      ),
      doubledCards: ending.doubled,
      accounts: ending.accounts,
      wrong: ending.wrong,
      settled: ending.settled,
      passing: fault.take === true,
      said,
    };
  } finally {
    await stage.close();
  }
}

/** What is wrong with it, in words; nothing where nothing is. */
export const lossesOf = (result: Result): readonly string[] => [
  ...result.lost.map((each) => `lost ${each}`),
  ...result.doubledIncidents.map((each) => `doubled ${each}`),
  ...(result.doubledCards > 1 ? [`${result.doubledCards} cards said twice`] : []),
  ...result.wrong,
  ...(result.settled ? [] : ["not settled"]),
  ...(result.said === "" && !result.passing ? ["the run said nothing of it"] : []),
];
