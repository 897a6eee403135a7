// What all hunts of a run saw -> campaigns, by one question for evidence.
import type { Campaign } from "./findings/campaign.ts";
import { campaignFromEvidence } from "./findings/campaign-from-evidence.ts";
import { campaignOf } from "./findings/campaign-of.ts";
import type { Attack } from "./findings/campaigns.ts";
import type { Finding } from "./findings/finding.ts";
import type { GradingTable } from "./findings/grading-table.ts";
import { notesOf } from "./findings/triage-notes.ts";
import { attacksOf, type Gathered, gatherEvidence, type Looked } from "./gather-evidence.ts";
import type { Hunt } from "./hunts/hunt.ts";
import type { Questions } from "./hunts/questions.ts";
import type { Look } from "./look.ts";
import type { Ports } from "./ports.ts";
import { Problem } from "./problems.ts";
import { tasksOf } from "./response/tasks.ts";
import type { Instant } from "./time.ts";

export interface CaseOrder {
  readonly looked: readonly Looked[];
  readonly questions: Questions;
  /** Campaigns that are still open, the oldest first. */
  readonly known: readonly Attack[];
  readonly grading?: GradingTable;
  readonly deadline?: Instant;
}

/** Everything that a run knows when it judges. */
export interface Case {
  /** With the findings that evidence added, and what its reader has to know. By the hunt's id. */
  readonly looks: ReadonlyMap<string, Look>;
  /** Null where there was nothing to ask for. */
  readonly gathered: Gathered | null;
  readonly known: readonly Attack[];
  /** Object ids of proven accounts that hold a role. */
  readonly privileged: ReadonlySet<string>;
  readonly now: Instant;
}

export async function openCase(order: CaseOrder, ports: Pick<Ports, "logs" | "directory" | "clock">): Promise<Case> {
  const now = ports.clock.now();
  const gathered = await gatherEvidence({ ...order, now }, ports.logs);
  const looks = new Map(order.looked.map(({ look }) => [look.hunt.id, withEvidence(look, gathered)]));
  const before: Case = { looks, gathered, known: order.known, privileged: new Set(), now };
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

function withEvidence(look: Look, gathered: Gathered | null): Look {
  if (gathered === null || look.hunt.responder === null) return look;
  const lifted = gathered.lifted.filter(({ hunt }) => hunt.id === look.hunt.id);
  return {
    ...look,
    findings: [...look.findings, ...lifted],
    warnings: [...new Set([...look.warnings, ...gathered.warnings])],
  };
}

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

/** The campaigns that these findings are, with the hunts' own rows alone where there is no evidence. */
export function judge(of: Case, findings: readonly Finding[]): readonly Campaign[] {
  const { gathered, looks, known, privileged, now } = of;
  const wholeFor = (some: readonly Finding[]): boolean => some.every(({ hunt }) => looks.get(hunt.id)?.whole ?? true);
  const acts = ({ hunt }: Finding): boolean => looks.get(hunt.id)?.hunt.responder !== null;
  if (gathered === null) return findings.map((finding) => campaignOf(finding, wholeFor([finding])));
  const foreign = findings.filter((finding) => !acts(finding));
  const inRun = new Set(findings.map(({ key }) => key));
  const attacks = attacksOf(findings.filter(acts), known, gathered).filter((attack) =>
    attack.findings.some(({ key }) => inRun.has(key)),
  );
  return [
    ...attacks.map((attack) => {
      const whole = wholeFor(attack.findings);
      const campaign = campaignFromEvidence(attack, { ...gathered, privileged, whole, now });
      const notes = notesOf(campaign, gathered.habits);
      const answered = new Set(notes.map(({ note }) => note));
      return { ...campaign, notes, tasks: tasksOf(campaign, answered) };
    }),
    ...foreign.map((finding) => campaignOf(finding, wholeFor([finding]))),
  ];
}

/** Whether a campaign is told under this hunt: that of its first finding which this run has seen. */
export function isToldBy(campaign: Campaign, hunt: Pick<Hunt, "id">, findings: readonly Finding[]): boolean {
  const inRun = new Set(findings.map(({ key }) => key));
  return campaign.findings.find(({ key }) => inRun.has(key))?.hunt.id === hunt.id;
}
