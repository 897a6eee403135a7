// The other side of the app: what it asks of the world. `azure/` and `local/` each fill these.
import type { Duration, Instant, TimeWindow } from "./time.ts";

export type ColumnType =
  | "bool"
  | "int"
  | "long"
  | "real"
  | "decimal"
  | "string"
  | "datetime"
  | "timespan"
  | "guid"
  | "dynamic";

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/**
 * A cell as JSON can hold it: datetimes are ISO 8601 UTC texts, dynamic cells are JSON values, longs beyond 2^53 are
 * texts, timespans, guids and decimals are texts as the service prints them. A missing value is null, but a missing string is "".
 */
export type Cell = null | boolean | number | string | readonly Cell[] | { readonly [key: string]: Cell };
export type Row = Readonly<Record<string, Cell>>;

export interface Question {
  readonly kql: string;
  /** Restricts TimeGenerated of every table, as the service's `timespan` does. */
  readonly window: TimeWindow;
  /** When an answer is no longer of use; the adapter's own limit counts where this is later. */
  readonly deadline?: Instant;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** False where the service answered in part: rows may raise an alarm, their absence proves nothing. */
  readonly whole: boolean;
  /** Why it is not whole. */
  readonly missing?: string;
  /** What the reader has to know, such as broken lines in a log file or a `now()` that was moved. */
  readonly warnings: readonly string[];
}

export interface Logs {
  /** True where ago() and now() count from the end of the window that is asked about, and not from the present. */
  readonly followsWindow?: boolean;
  /** Throws a Problem; an answer without rows means that the logs were looked at. */
  query(question: Question): Promise<Answer>;
}

export type Severity = "High" | "Medium" | "Low" | "Informational";

/** What an incident says, in the words of the product; the adapter turns it into the service's own request. */
export interface Incident {
  /** Derived from campaign and generation: the same campaign asks for the same incident for ever. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly labels: readonly string[];
  readonly firstActivity: Instant;
  readonly lastActivity: Instant;
  /**
   * A label with which a standing incident is raised to this severity: nothing else of it changes, because whoever raises it
   * knows the campaign only as it was some time ago. One that does not exist yet is opened whole.
   */
  readonly raises?: string;
}

export interface IncidentReceipt {
  readonly id: string;
  /** Where a person opens it. */
  readonly url: string;
  readonly state: "opened" | "updated" | "unchanged" | "closed";
  /** Of a closed one: how the analyst judged it, where they said so. */
  readonly classification?: Classification;
  /** Of a closed one: its last change, which is the closing unless somebody touched it later. */
  readonly closedAt?: Instant;
  /** Of a closed one: the name of the person to whom it was assigned. */
  readonly owner?: string;
}

export type Classification = "TruePositive" | "BenignPositive" | "FalsePositive" | "Undetermined";

/** What ends a call from outside, whatever the adapter's own limit. */
export interface CallLimits {
  readonly deadline?: Instant;
  readonly signal?: AbortSignal;
}

export interface Incidents {
  /** Opens the incident or brings it up to date, keeping what an analyst changed. A closed one is left alone and answers "closed". */
  openOrUpdate(incident: Incident, limits?: CallLimits): Promise<IncidentReceipt>;
  /** Adds a comment once per `id`; throws the Problem CommentLimit where the incident has no room for it. */
  comment(incidentId: string, id: string, text: string, limits?: CallLimits): Promise<void>;
}

/** An Adaptive Card 1.5. */
export type Card = { readonly type: "AdaptiveCard"; readonly version: "1.5"; readonly body: readonly unknown[] } & {
  readonly [key: string]: unknown;
};

export interface Cards {
  /** Resolves when the channel took the card; `id` names it in logs, never its content. */
  post(id: string, card: Card, limits?: CallLimits): Promise<void>;
}

export interface Sessions {
  /** Makes the refresh tokens of one account (its object id) useless. Called by carrying out and by nothing else. */
  revoke(userId: string, limits?: CallLimits): Promise<void>;
  /** Keeps one account (its object id) from signing in until a person allows it again. Called by carrying out alone, before `revoke`. */
  disable(userId: string, limits?: CallLimits): Promise<void>;
}

export interface DirectoryUser {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly enabled: boolean;
  readonly kind: "member" | "guest";
  readonly synchronised: boolean;
  readonly sessionsValidFrom: Instant | null;
  /** Null or absent where the directory does not say. */
  readonly passwordChangedAt?: Instant | null;
}

export interface Directory {
  /** Null where there is no such account. */
  user(userId: string, limits?: CallLimits): Promise<DirectoryUser | null>;
  /** Which of these groups (object ids) the account is in, through other groups too. */
  groupsAmong(userId: string, groupIds: readonly string[], limits?: CallLimits): Promise<readonly string[]>;
  /**
   * Directory roles by name, or by id where the name is not told: active, through a group, or eligible. Throws a Problem
   * where any of the three could not be read; such an account counts as privileged.
   */
  roles(userId: string, limits?: CallLimits): Promise<readonly string[]>;
}

/** A JSON value under an id in a partition. `version` is opaque and changes with every write. */
export interface JournalRecord {
  readonly id: string;
  readonly version: string;
  readonly value: Cell;
}

export type Change =
  /** `basedOn: null` demands that the record does not exist yet; `"any"` overwrites. */
  | { readonly kind: "put"; readonly id: string; readonly value: Cell; readonly basedOn: string | null | "any" }
  | { readonly kind: "delete"; readonly id: string; readonly basedOn: string | "any" };

export type Committed =
  | { readonly kind: "committed"; readonly versions: Readonly<Record<string, string>> }
  /** Nothing was written; `ids` moved on since they were read (all of them, or the first that the store names). */
  | { readonly kind: "conflict"; readonly ids: readonly string[] };

export interface Journal {
  read(partition: string, id: string): Promise<JournalRecord | null>;
  /** Records in ascending order of id, from `from` (included), at most `limit`. */
  list(partition: string, from: string, limit: number): Promise<readonly JournalRecord[]>;
  /** All or nothing; at most 100 changes, each of another record. */
  commit(partition: string, changes: readonly Change[]): Promise<Committed>;
}

/** One event: names and numbers only, never accounts, addresses or contents of rows. */
export interface TelemetryEvent {
  readonly name: string;
  readonly properties: Readonly<Record<string, string | number | boolean>>;
}

export interface Events {
  emit(event: TelemetryEvent): void;
  flush(): Promise<void>;
}

export interface Clock {
  now(): Instant;
  /** Ends early when `signal` aborts. */
  pause(length: Duration, signal?: AbortSignal): Promise<void>;
}

export interface Ports {
  readonly logs: Logs;
  readonly incidents: Incidents;
  readonly cards: Cards;
  readonly sessions: Sessions;
  readonly directory: Directory;
  readonly journal: Journal;
  readonly events: Events;
  readonly clock: Clock;
}
