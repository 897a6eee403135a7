// A request for evidence as one question or several: no text is longer than a service or the embedded engine takes.
import type { EvidenceRequest } from "./evidence-query.ts";
import { lengthInList, MOST_TEXT } from "./kql-text.ts";

/** What does not fit into so many is left out, and said. */
export const MOST_QUESTIONS = 8;

type Kind = Exclude<keyof EvidenceRequest, "attemptCodes">;
type Each<K extends Kind> = EvidenceRequest[K][number];
type Part = { readonly [K in Kind]: Each<K>[] };

export interface EvidenceParts {
  readonly requests: readonly EvidenceRequest[];
  /** What none of them asks about, in words; "" where they ask about everything. */
  readonly leftOut: string;
}

/** Of a datetime and what stands around a value. */
const ROW = 80;
const NAMES: Readonly<Record<Kind, string>> = {
  codes: "bursts of one code",
  accounts: "accounts with a list that was cut",
  fingerprints: "clients",
  sources: "addresses",
};

/**
 * What is asked about a few things at a time gives the same groups as all of it at once: a group is selected by its own
 * address, client, code and account. One that two questions select comes twice. What decides the most goes first.
 */
export function evidenceParts(request: EvidenceRequest): EvidenceParts {
  const parts: Part[] = [];
  const leftOut = new Map<Kind, number>();
  let part = empty();
  let room = 0;
  const lay = <K extends Kind>(kind: K, all: readonly Each<K>[], lengthOf: (each: Each<K>) => number): void => {
    for (const each of all) {
      const length = lengthOf(each);
      if (length > room && parts.length < MOST_QUESTIONS) {
        part = empty();
        parts.push(part);
        room = MOST_TEXT;
      }
      if (length > room) {
        leftOut.set(kind, (leftOut.get(kind) ?? 0) + 1);
        continue;
      }
      room -= length;
      const list: Each<K>[] = part[kind];
      list.push(each);
    }
  };
  lay("codes", request.codes, ({ code, table }) => lengthInList(code) + lengthInList(table) + ROW);
  lay("accounts", request.accounts, ({ account }) => lengthInList(account) + ROW);
  lay("fingerprints", request.fingerprints, lengthInList);
  lay("sources", request.sources, lengthInList);
  const { attemptCodes } = request;
  return {
    requests: parts.length === 0 ? [request] : parts.map((one) => ({ ...one, attemptCodes })),
    leftOut: [...leftOut]
      .map(([kind, count]) => `${count} of ${request[kind].length} ${NAMES[kind]} were not asked about`)
      .join("; "),
  };
}

const empty = (): Part => ({ codes: [], accounts: [], fingerprints: [], sources: [] });
