// What the handlers of the app are given.

import type { WhoAsks } from "../approvals/approver.ts";
import type { GradingTable } from "../findings/grading-table.ts";
import type { Exclusion } from "../hunts/exclusion.ts";
import type { Hunt } from "../hunts/hunt.ts";
import type { Questions } from "../hunts/questions.ts";
import type { Channels, Order } from "../order.ts";
import type { Ports } from "../ports.ts";
import type { Links } from "../response/links.ts";
import type { RunRecords } from "../run-record.ts";
import type { LaptopSettings } from "../settings.ts";
import type { Duration, Instant } from "../time.ts";

export interface KeptRecords {
  readonly store: RunRecords;
  readonly retention: Duration;
  /** The compressed size above which a record keeps digests in place of rows. */
  readonly sizeBytes: number;
}

export interface App {
  readonly hunts: readonly Hunt[];
  readonly questions: Questions;
  /** The team's own, by the name of the hunt. */
  readonly exclusions: Readonly<Record<string, readonly Exclusion[]>>;
  /** A team's own table of grades, where it has one. */
  readonly grading?: GradingTable;
  readonly ports: Ports;
  readonly settings: Pick<
    LaptopSettings,
    "approval" | "cardLimits" | "cards" | "coverage" | "evidence" | "hunts" | "incidents" | "response" | "timers"
  >;
  /** Null where no portal is known. */
  readonly links: Links | null;
  /** What is asked, in words: "the workspace 0000…", "the sample tenant". */
  readonly logs: string;
  /** Whether anything takes cards: a webhook in Azure, the outbox on a laptop. */
  readonly takesCards: boolean;
  /** True where nothing may be done whatever is asked for, as when a developer looks at a real workspace. */
  readonly neverActs: boolean;
  /** Who it is that approves; only the home can tell. */
  readonly whoAsks: WhoAsks;
  /** Where a record of each run is kept; absent where none is. */
  readonly records?: KeptRecords;
  /** When this process began to serve. */
  readonly startedAt: Instant;
}

export const isDisabled = (app: App, hunt: Hunt): boolean => app.settings.hunts.disabled.includes(hunt.slug);

/** The hunt's own exclusions and the team's. */
export const exclusionsOf = (app: App, hunt: Hunt): readonly Exclusion[] => [
  ...(hunt.responder?.exclusions ?? []),
  ...(app.exclusions[hunt.slug] ?? []),
];

export const channelsOf = ({ settings, takesCards }: App): Channels => ({
  incidents: settings.incidents.open,
  cards: takesCards,
  budget: settings.cardLimits,
});

/** By what a run judges. */
export const judgingOf = ({ hunts, grading, settings }: App): Pick<Order, "everyHunt" | "grading" | "asking"> => ({
  everyHunt: hunts,
  ...(grading === undefined ? {} : { grading }),
  asking: { often: settings.evidence.openFor, daily: settings.evidence.dailyUntil },
});
