// What a run is asked to do: which hunts over which windows, how it judges, where it may speak.
import type { Asking } from "./findings/campaign-memory.ts";
import type { Finding } from "./findings/finding.ts";
import type { GradingTable } from "./findings/grading-table.ts";
import type { TenantSize, Thresholds } from "./findings/thresholds.ts";
import type { Exclusion } from "./hunts/exclusion.ts";
import type { Hunt } from "./hunts/hunt.ts";
import type { Questions } from "./hunts/questions.ts";
import type { CardBudget } from "./ledger/news.ts";
import type { Look } from "./look.ts";
import type { Change } from "./ports.ts";
import type { Action } from "./response/action.ts";
import type { Mode } from "./response/carry-out.ts";
import type { Links } from "./response/links.ts";
import type { Plan } from "./response/plan.ts";
import type { ResponseRules } from "./response/rules.ts";
import type { Instant, TimeWindow } from "./time.ts";

export interface HuntOrder {
  readonly hunt: Hunt;
  readonly window: TimeWindow;
  readonly exclusions: readonly Exclusion[];
  readonly overrides: Thresholds;
  /** Of a scheduled run: what its ledger has to say in the same commit as what was found. */
  readonly ledger?: LedgerEntry;
}

export interface LedgerEntry {
  readonly close: (look: Look, plans: readonly Plan[], now: Instant) => Closing;
  /** Whether a finding is this run's to tell, or another's that looks at the same stretch. */
  readonly concerns: (finding: Finding) => boolean;
  /** "later": what is found gets its incidents, and one card that tells them all. */
  readonly cards: "each" | "later";
}

export interface Closing {
  readonly changes: readonly Change[];
  /** Tellings that belong to no campaign of this run. */
  readonly besides: readonly Action[];
}

export interface Order {
  readonly hunts: readonly HuntOrder[];
  /** All hunts there are, run now or not: campaigns of any of them may be open. Those of the run alone where absent. */
  readonly everyHunt?: readonly Hunt[];
  readonly mode: Mode;
  readonly size: TenantSize | "auto";
  readonly questions: Questions;
  /** Where links lead; null where no workspace is known. */
  readonly links: Links | null;
  readonly channels: Channels;
  /** A team's own table of grades, where it has one. */
  readonly grading?: GradingTable;
  /** How long campaigns are asked about; as the product was asked for where absent. */
  readonly asking?: Asking;
  /** What may be done to accounts; nothing where absent. `automatic` is false where a person asked for the run. */
  readonly response?: { readonly rules: ResponseRules; readonly automatic: boolean };
  /** The id of a campaign that is asked about and told as it stands, whatever the hunts see and whether or not it has changed. */
  readonly about?: string;
  /** Whether the evidence reads on past the windows to the present; where absent, in a scheduled run alone. */
  readonly readsOn?: boolean;
  readonly deadline?: Instant;
  /** Told what is being done, for people who wait. */
  readonly progress?: (text: string) => void;
}

/** Where a run may speak. */
export interface Channels {
  readonly incidents: boolean;
  readonly cards: boolean;
  /** Cards in an hour and in a day before the rest is gathered into one. */
  readonly budget: CardBudget;
  /** Nobody is woken by these cards, so every campaign gets its own, and not only those worth waking people for. */
  readonly wakesNobody?: boolean;
}

/** For a run whose cards are files: each has its own, however many there are. */
export const everyChannel: Channels = {
  incidents: true,
  cards: true,
  wakesNobody: true,
  budget: { perHour: Number.POSITIVE_INFINITY, perDay: Number.POSITIVE_INFINITY },
};
