// The story: ask the logs, judge what comes back, tell it, act on it. Timer, HTTP, terminal and replay all come through here.
import type { Campaign } from "./findings/campaign.ts";
import { campaignOf } from "./findings/campaign-of.ts";
import type { TenantSize, Thresholds } from "./findings/thresholds.ts";
import type { Exclusion } from "./hunts/exclusion.ts";
import type { Hunt } from "./hunts/hunt.ts";
import type { Questions } from "./hunts/questions.ts";
import { type Look, look } from "./look.ts";
import type { Ports } from "./ports.ts";
import { Problem } from "./problems.ts";
import { carryOut, type Done, type Mode } from "./response/carry-out.ts";
import type { Links } from "./response/links.ts";
import { type Plan, plan } from "./response/plan.ts";
import type { Instant, TimeWindow } from "./time.ts";

export interface HuntOrder {
  readonly hunt: Hunt;
  readonly window: TimeWindow;
  readonly exclusions: readonly Exclusion[];
  readonly overrides: Thresholds;
}

export interface Order {
  readonly hunts: readonly HuntOrder[];
  readonly mode: Mode;
  readonly size: TenantSize | "auto";
  readonly questions: Questions;
  /** Where links lead; null where no workspace is known. */
  readonly links: Links | null;
  readonly deadline?: Instant;
  /** Told what is being done, for people who wait. */
  readonly progress?: (text: string) => void;
}

export interface Told {
  readonly plan: Plan;
  readonly done: readonly Done[];
}

/** What became of one hunt. */
export type HuntRun =
  | { readonly kind: "looked"; readonly order: HuntOrder; readonly look: Look; readonly told: readonly Told[] }
  | { readonly kind: "failed"; readonly order: HuntOrder; readonly problem: Problem };

type Looked =
  | { readonly order: HuntOrder; readonly look: Look }
  | { readonly order: HuntOrder; readonly problem: Problem };

async function lookOrProblem(order: HuntOrder, run: Order, ports: Ports): Promise<Looked> {
  run.progress?.(`Asking: ${order.hunt.name}`);
  const { size, questions, deadline } = run;
  try {
    return {
      order,
      look: await look({ ...order, size, questions, ...(deadline === undefined ? {} : { deadline }) }, ports.logs),
    };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { order, problem: error };
  }
}

export async function respond(run: Order, ports: Ports): Promise<readonly HuntRun[]> {
  const looks: Looked[] = [];
  for (const order of run.hunts) looks.push(await lookOrProblem(order, run, ports));

  const results: HuntRun[] = [];
  for (const looked of looks) {
    if ("problem" in looked) {
      results.push({ kind: "failed", ...looked });
      continue;
    }
    const { order, look: seen } = looked;
    const campaigns: readonly Campaign[] = seen.findings.map((finding) => campaignOf(finding, seen.whole));
    const told: Told[] = [];
    for (const campaign of campaigns) {
      run.progress?.(`Telling: ${campaign.shortName}`);
      const context = {
        hunts: [order.hunt],
        setAside: seen.setAside,
        links: run.links,
        incidentUrl: null,
        rehearsal: run.mode === "rehearse",
        stopped: false,
      };
      const planned = plan(campaign, [order.hunt], context);
      told.push({ plan: planned, done: await carryOut(planned.actions, run.mode, ports) });
    }
    results.push({ kind: "looked", order, look: seen, told });
  }
  return results;
}
