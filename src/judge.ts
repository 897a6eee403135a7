// What all hunts of a run saw -> campaigns, by one question for evidence.
import { type Campaign, campaignId } from "./findings/campaign.ts";
import { campaignFromEvidence } from "./findings/campaign-from-evidence.ts";
import {
  type Asking,
  attackOf,
  type CampaignMemory,
  isDueForEvidence,
  openFrom,
  withMemory,
} from "./findings/campaign-memory.ts";
import { campaignOf } from "./findings/campaign-of.ts";
import { type Attack, nameOfAttack } from "./findings/campaigns.ts";
import type { Finding } from "./findings/finding.ts";
import type { GradingTable } from "./findings/grading-table.ts";
import type { HabitMemory } from "./findings/remembered-habits.ts";
import { asMuted, goesOnText } from "./findings/telling-rules.ts";
import { notesOf } from "./findings/triage-notes.ts";
import { attacksOf, type Gathered, gatherEvidence, type Looked } from "./gather-evidence.ts";
import type { Hunt } from "./hunts/hunt.ts";
import type { Questions } from "./hunts/questions.ts";
import type { Look } from "./look.ts";
import type { Ports } from "./ports.ts";
import { Problem } from "./problems.ts";
import { tasksOf } from "./response/tasks.ts";
import { type Instant, instant } from "./time.ts";

export interface CaseOrder {
  readonly looked: readonly Looked[];
  readonly questions: Questions;
  /** Campaigns that are remembered, the oldest first. */
  readonly known: readonly CampaignMemory[];
  /**
   * Whether the evidence reads on to the present, where an attack may have gone on; else it ends with the latest window,
   * so that a run over a past stretch says the same whenever it is done.
   */
  readonly readsOn: boolean;
  readonly grading?: GradingTable;
  readonly asking?: Asking;
  /** The id of a campaign that is asked about in any case. */
  readonly about?: string;
  readonly habits?: HabitMemory;
  readonly deadline?: Instant;
}

/** Everything that a run knows when it judges. */
export interface Case {
  /** With the findings that evidence added, and what its reader has to know. By the hunt's id. */
  readonly looks: ReadonlyMap<string, Look>;
  /** Null where there was nothing to ask for. */
  readonly gathered: Gathered | null;
  readonly known: readonly CampaignMemory[];
  /** Ids of the remembered campaigns that the evidence was asked for. */
  readonly asked: ReadonlySet<string>;
  /** The id of a campaign that is told although nothing of it has changed, "" for none. */
  readonly about: string;
  /** Object ids of proven accounts that hold a role. */
  readonly privileged: ReadonlySet<string>;
  /** Where the evidence ends. */
  readonly now: Instant;
}

export async function openCase(order: CaseOrder, ports: Pick<Ports, "logs" | "directory" | "clock">): Promise<Case> {
  const now = endOf(order, ports.clock.now());
  // Whichever hunt has found it first, and whether or not that one looks now.
  const due = order.known.filter((memory) => memory.window.from < now && isDueForEvidence(memory, now, order.asking));
  const knownFrom = instant(
    Math.min(
      ...due.map((memory) => openFrom(memory, now, order.asking)),
      // What fills a gap has seen nobody's evidence in it either.
      ...(order.readsOn ? order.looked.map(({ look }) => look.window.from) : []),
    ),
  );
  const gathered = await gatherEvidence({ ...order, known: due.map(attackOf), knownFrom, now }, ports.logs);
  const looks = new Map(order.looked.map(({ look }) => [look.hunt.id, withEvidence(look, gathered)]));
  const before: Case = {
    looks,
    gathered,
    known: order.known,
    asked: new Set(due.map(({ id }) => id)),
    about: order.about ?? "",
    privileged: new Set(),
    now,
  };
  const findings = [...looks.values()].flatMap((look) => look.findings);
  const proven = judge(before, findings).flatMap(({ accounts }) => [...accounts.entered, ...accounts.known]);
  return {
    ...before,
    privileged: await privilegedAmong(
      proven.map(({ id }) => id),
      ports,
      order.deadline,
    ),
  };
}

function endOf({ looked, readsOn }: CaseOrder, present: Instant): Instant {
  const ends = looked.map(({ look }) => look.window.to);
  return readsOn || ends.length === 0 ? instant(Math.max(present, ...ends)) : instant(Math.max(...ends));
}

function withEvidence(look: Look, gathered: Gathered | null): Look {
  if (gathered === null || look.hunt.responder === null) return look;
  const lifted = gathered.lifted.filter(({ hunt }) => hunt.id === look.hunt.id);
  return {
    ...look,
    findings: [...look.findings, ...lifted],
    warnings: [
      ...new Set([
        ...look.warnings.filter((text) => !isOfAbsent(text, gathered.evidence.absent)),
        ...gathered.warnings,
      ]),
    ],
  };
}

/** The engine's own words about a table that is not there, at a place in a question that nobody sees. */
const isOfAbsent = (warning: string, absent: readonly string[]): boolean =>
  warning.endsWith("left out of the union") && absent.some((table) => warning.split(/[^\w]/).includes(table));

/** Only accounts whose password is proven to be known are looked up: a failed spray makes no call to the directory. */
async function privilegedAmong(
  ids: readonly string[],
  { directory }: Pick<Ports, "directory">,
  deadline: Instant | undefined,
): Promise<ReadonlySet<string>> {
  const privileged = new Set<string>();
  for (const id of new Set(ids.filter((each) => each !== ""))) {
    try {
      const roles = await directory.roles(id, deadline === undefined ? {} : { deadline });
      if (roles.length > 0) privileged.add(id);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // Whose roles cannot be read is handled as if there were some.
      privileged.add(id);
    }
  }
  return privileged;
}

export interface JudgedCampaign {
  readonly campaign: Campaign;
  /** Null where there was no evidence to ask for. */
  readonly attack: Attack | null;
  readonly memory: CampaignMemory | null;
  /** Younger campaigns that findings of this one would have fitted as well. */
  readonly alsoFits: readonly Pick<Campaign, "id" | "generation">[];
  /** What its incident says of the campaign or the closed incident that it goes on from, "" where there is none. */
  readonly follows: string;
  /** Accounts that were proven before, which the evidence no longer bears out. */
  readonly takenBack: readonly string[];
}

/** The campaigns that these findings are, and those remembered of which there is new proof. */
export function judgeAll(of: Case, findings: readonly Finding[]): readonly JudgedCampaign[] {
  const { gathered, looks, known } = of;
  const wholeFor = (some: readonly Finding[]): boolean => some.every(({ hunt }) => looks.get(hunt.id)?.whole ?? true);
  const acts = ({ hunt }: Finding): boolean => looks.get(hunt.id)?.hunt.responder !== null;
  const alone = (finding: Finding): JudgedCampaign => ({
    campaign: campaignOf(finding, wholeFor([finding])),
    attack: null,
    memory: null,
    alsoFits: [],
    follows: "",
    takenBack: [],
  });
  if (gathered === null) return findings.map(alone);
  const inRun = new Set(findings.map(({ key }) => key));
  const memories = new Map(known.map((memory) => [memory.id, memory]));
  const attacks = attacksOf(findings.filter(acts), known.map(attackOf), gathered);
  const alsoFits = (attack: Attack): JudgedCampaign["alsoFits"] =>
    attacks
      .filter((other) => attack.alsoFits.includes(nameOfAttack(other)))
      .map((other) => {
        const [first] = other.findings;
        const id = other.id ?? (first === undefined ? "" : campaignId(first));
        return { id, generation: memories.get(id)?.generation ?? 1 };
      });
  const judged = attacks.flatMap((attack): readonly JudgedCampaign[] => {
    const seen = attack.findings.some(({ key }) => inRun.has(key));
    if (!seen && !of.asked.has(attack.id ?? "")) return [];
    const memory = memories.get(attack.id ?? "") ?? null;
    const { campaign, takenBack } = campaignOfAttack(attack, memory, wholeFor(attack.findings), gathered, of);
    if (!seen && campaign.id !== of.about && !hasChanged(campaign, memory)) return [];
    const before = attack.goesOnFrom;
    const linked = before === undefined ? "" : goesOnText(before, memories.get(before.id)?.generation ?? 1);
    const follows = memory?.follows ?? linked;
    return [{ campaign, attack, memory, alsoFits: alsoFits(attack), follows, takenBack }];
  });
  return [...judged, ...findings.filter((finding) => !acts(finding)).map(alone)];
}

export const judge = (of: Case, findings: readonly Finding[]): readonly Campaign[] =>
  judgeAll(of, findings).map(({ campaign }) => campaign);

function campaignOfAttack(
  attack: Attack,
  memory: CampaignMemory | null,
  whole: boolean,
  gathered: Gathered,
  { privileged, now, about }: Case,
): Pick<JudgedCampaign, "campaign" | "takenBack"> {
  const fresh = campaignFromEvidence(attack, { ...gathered, privileged, whole, now });
  // Before something is done, whatever was proven has to show again, however long ago it was.
  const looked = about !== "" && fresh.id === about ? gathered.knownWindow : gathered.window;
  const remembered = withMemory(fresh, memory, looked);
  const campaign = asMuted(remembered.campaign, memory?.mute ?? null, now);
  const notes = notesOf(campaign, gathered.habits);
  const tasks = tasksOf(campaign, new Set(notes.map(({ note }) => note)));
  return { campaign: { ...campaign, notes, tasks }, takenBack: remembered.takenBack };
}

/** Of a campaign that no hunt has found anything of: whether somebody was proven, or is no longer. */
function hasChanged({ accounts }: Campaign, memory: CampaignMemory | null): boolean {
  const now = [...accounts.entered, ...accounts.known].map(({ id, name }) => id || name).toSorted();
  const before = memory?.proofs.map(({ account }) => account.id || account.name).toSorted() ?? [];
  return now.join("\n") !== before.join("\n");
}

/**
 * Whether a campaign is told under this hunt: that of its first finding which this run has seen, else of its first. A hunt
 * that has not looked, because it is off or has failed, tells nothing: another of its campaign does, else the run's first.
 */
export function isToldBy(
  campaign: Campaign,
  hunt: Pick<Hunt, "id">,
  findings: readonly Finding[],
  looks: Case["looks"],
): boolean {
  const inRun = new Set(findings.map(({ key }) => key));
  const able = campaign.findings.filter((finding) => looks.has(finding.hunt.id));
  const telling = able.find(({ key }) => inRun.has(key)) ?? able[0];
  return (telling?.hunt.id ?? [...looks.keys()][0]) === hunt.id;
}
