// Findings of a run -> the same under the keys by which they are remembered.
import type { Finding } from "./findings/finding.ts";
import { mergeFindings } from "./findings/merge-findings.ts";
import type { Case } from "./judge.ts";
import { knownAs, type Memory, recall, recognise } from "./ledger/memory.ts";
import type { HuntOrder } from "./order.ts";
import type { Ports } from "./ports.ts";

/** What is remembered under the other hunts of the run, whose findings are judged together with this one's. */
export async function memoriesOfOthers(
  { hunt }: HuntOrder,
  found: readonly Finding[],
  { looks }: Case,
  { journal }: Ports,
): Promise<readonly Memory[]> {
  const others = [...looks.values()].filter((each) => each.hunt.id !== hunt.id);
  return Promise.all(others.map((each) => recall(each.hunt, found, journal)));
}

/** By the memory of its own hunt, else by any: each hunt of a run has to know a finding by the same key. */
function knownFrom(
  finding: Finding,
  memories: readonly Memory[],
): { readonly finding: Finding; readonly column: string } {
  const ownFirst = memories.toSorted(
    (a, b) => Number(b.hunt === finding.hunt.id) - Number(a.hunt === finding.hunt.id) || a.hunt.localeCompare(b.hunt),
  );
  for (const memory of ownFirst) {
    const { finding: known } = recognise(finding, memory);
    if (knownAs(known, memory) !== undefined) return { finding: known, column: memory.windowColumn };
  }
  return { finding, column: ownFirst[0]?.windowColumn ?? "" };
}

/** Findings that memory makes one are told once. */
export function recognised(found: readonly Finding[], memories: readonly Memory[]): readonly Finding[] {
  const byKey = new Map<string, Finding>();
  for (const each of found) {
    const { finding, column } = knownFrom(each, memories);
    const before = byKey.get(finding.key);
    byKey.set(finding.key, before === undefined ? finding : mergeFindings(before, finding, column));
  }
  return [...byKey.values()];
}
