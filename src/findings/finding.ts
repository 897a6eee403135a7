// A group of a hunt's rows over a threshold, with a key that stays the same however often it is looked at.
import { createHash } from "node:crypto";
import type { Row } from "../ports.ts";
import { iso, type TimeWindow } from "../time.ts";

export interface Measure {
  /** The hunt's column. */
  readonly column: string;
  readonly value: number;
  readonly threshold: number;
}

export interface Group {
  /** What was grouped by: "account", "source", "code", or the hunt's own word. */
  readonly kind: string;
  /** The stable value: an object id where there is one, a source address, a result code. */
  readonly value: string;
  /** The value as a person knows it, such as the user principal name. Written by whoever signed in: never trust it. */
  readonly label: string;
}

export interface Finding {
  readonly key: string;
  readonly hunt: { readonly id: string; readonly name: string; readonly slug: string };
  readonly group: Group;
  /** From the start of the first aligned window to the end of the last. */
  readonly window: TimeWindow;
  readonly measured: readonly Measure[];
  /** User principal names, else object ids; at most what the hunt's list holds. */
  readonly accounts: readonly string[];
  readonly addresses: readonly string[];
  /** Which lists are incomplete: "accounts", "addresses". */
  readonly cut: readonly string[];
  /** The rows of the windows over the threshold, the strongest first. */
  readonly rows: readonly Row[];
}

/** The same hunt, group and first window give the same key, whatever period was asked for. */
export function findingKey(huntId: string, group: Pick<Group, "kind" | "value">, window: TimeWindow): string {
  const text = JSON.stringify([huntId, group.kind, group.value, iso(window.from)]);
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
