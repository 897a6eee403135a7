// What is remembered of a hunt's findings, and what of a run is news.
import type { Campaign } from "../findings/campaign.ts";
import type { Finding } from "../findings/finding.ts";
import { mergeFindings, overlap } from "../findings/merge-findings.ts";
import type { Hunt } from "../hunts/hunt.ts";
import type { Change, Journal } from "../ports.ts";
import { inTurns } from "./in-turns.ts";
import { cellOf, type Group, groupId, type KnownFinding, partitionOf, readRecord, records, short } from "./records.ts";

/** The records of the groups that a run has found, as they were read and as they will be written. */
export interface Memory {
  /** The id of the hunt in whose partition they lie. */
  readonly hunt: string;
  /** The column of the hunt's rows that holds their window. */
  readonly windowColumn: string;
  /** By the id of the record. */
  readonly groups: Map<string, { readonly version: string | null; readonly group: Group }>;
}

/** Findings of one group that are remembered with their rows, so that late ones can be laid beside them; the newest. */
const MOST_WITH_ROWS = 100;
/** Findings of one group that are remembered at all: a month of one every ten minutes. */
const MOST_KNOWN = 4_500;
const AT_ONCE = 16;

export async function recall(hunt: Hunt, findings: readonly Finding[], journal: Journal): Promise<Memory> {
  const partition = partitionOf(hunt);
  const ids = [...new Set(findings.map((finding) => groupId(finding)))];
  const groups: Memory["groups"] = new Map();
  await inTurns(ids, AT_ONCE, async (id) => {
    const record = await journal.read(partition, id);
    const group = record === null ? { known: [] } : readRecord(records.group, record, partition);
    groups.set(id, { version: record?.version ?? null, group });
  });
  return { hunt: hunt.id, windowColumn: hunt.responder?.window.column ?? "", groups };
}

/**
 * A finding as it is once what is remembered of it is laid beside what was just seen. What fits two that are remembered
 * joins the older; `absorbed` are the others.
 */
export function recognise(
  finding: Finding,
  memory: Memory,
): { readonly finding: Finding; readonly absorbed: readonly KnownFinding[] } {
  let merged = finding;
  let older: KnownFinding | undefined;
  const absorbed: KnownFinding[] = [];
  for (const known of knownOf(finding, memory)) {
    if (!overlap(known.finding.window, merged.window)) continue;
    if (older === undefined) {
      older = known;
      merged = mergeFindings(known.finding, merged, memory.windowColumn);
    } else {
      absorbed.push(known);
      merged = mergeFindings(merged, known.finding, memory.windowColumn);
    }
  }
  return { finding: merged, absorbed };
}

const knownOf = (finding: Finding, memory: Memory): readonly KnownFinding[] =>
  memory.groups.get(groupId(finding))?.group.known ?? [];

export const knownAs = (finding: Finding, memory: Memory): KnownFinding | undefined =>
  knownOf(finding, memory).find((known) => known.finding.key === finding.key);

/** A digest of what a person would call news about a campaign: how far it reaches, how many, how sure. */
export const newsOf = (campaign: Campaign): string =>
  short(
    JSON.stringify([
      campaign.generation,
      campaign.assessment.level,
      campaign.first,
      campaign.last,
      campaign.attempts,
      campaign.codes,
      campaign.accounts.attempted,
      campaign.accountNames.toSorted(),
      campaign.accounts.known.map(({ id, name, privileged }) => [id || name, privileged]),
      campaign.accounts.entered.map(({ id, name, privileged }) => [id || name, privileged]),
      campaign.sources.map(({ address }) => address).toSorted(),
      campaign.findings.map(({ key, measured }) => [key, measured]),
    ]),
  );

/** Puts `known` in the place of what was remembered under its key; the others stay in their order. */
export function remember(known: KnownFinding, memory: Memory): void {
  const id = groupId(known.finding);
  const before = memory.groups.get(id) ?? { version: null, group: { known: [] } };
  const others = before.group.known.filter((each) => each.finding.key !== known.finding.key);
  const all = [...others, known].toSorted((a, b) => a.finding.window.from - b.finding.window.from).slice(-MOST_KNOWN);
  const slim = all.slice(0, -MOST_WITH_ROWS).map((each) => (each.finding.rows.length === 0 ? each : withoutRows(each)));
  memory.groups.set(id, { ...before, group: { known: [...slim, ...all.slice(-MOST_WITH_ROWS)] } });
}

const withoutRows = (known: KnownFinding): KnownFinding => ({
  ...known,
  finding: { ...known.finding, rows: [], accounts: [], addresses: [] },
});

export function memoryChange(id: string, memory: Memory): Change {
  const { version, group } = memory.groups.get(id) ?? { version: null, group: { known: [] } };
  return { kind: "put", id, value: cellOf(group), basedOn: version };
}

/** After a commit: what was written is what the next change is based on. */
export function memoryWritten(versions: Readonly<Record<string, string>>, memory: Memory): void {
  for (const [id, { group }] of memory.groups) {
    const version = versions[id];
    if (version !== undefined) memory.groups.set(id, { version, group });
  }
}
