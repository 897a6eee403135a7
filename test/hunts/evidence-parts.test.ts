import { describe, expect, test, vi } from "vitest";
import { readEvidence } from "../../src/findings/evidence.ts";
import { attemptCodes } from "../../src/findings/evidence-request.ts";
import { gradingTable } from "../../src/findings/grading-table.ts";
import { mergeEvidence } from "../../src/findings/merge-evidence.ts";
import { evidenceParts, MOST_QUESTIONS } from "../../src/hunts/evidence-parts.ts";
import { type EvidenceRequest, evidenceQuery } from "../../src/hunts/evidence-query.ts";
import { kqlStrings, listsOf, MOST_TEXT } from "../../src/hunts/kql-text.ts";
import { readQuestions } from "../../src/rulebook.ts";
import { at } from "../builders.ts";
import { withLogs } from "../log-folder.ts";
import { each, sprayFailure, userName } from "../sign-in-rows.ts";
import { soaking } from "../soak.ts";

// The first question of a process waits for the engine's parser.
vi.setConfig({ testTimeout: 120_000 });

const window = { from: at("2026-11-20"), to: at("2026-11-21") };
/** What the embedded engine reads (src/kql/parser.ts). */
const LONGEST = 200_000;
const { evidence: question } = await readQuestions();
const address = (n: number): string => `2001:db8:${(n >> 8).toString(16)}:${(n & 255).toString(16)}::1`;
const aRequest = (some: Partial<EvidenceRequest>): EvidenceRequest => ({
  sources: [],
  fingerprints: [],
  attemptCodes: attemptCodes(gradingTable),
  codes: [],
  accounts: [],
  ...some,
});

describe("a request for evidence", () => {
  test("is one question as long as its text is short, also where it names nothing", () => {
    const request = aRequest({ sources: each(500, address), accounts: [{ account: userName(1), window }] });
    expect(evidenceParts(request)).toEqual({ requests: [request], leftOut: "" });
    expect(evidenceParts(aRequest({})).requests).toHaveLength(1);
  });

  test("about 20,000 addresses, a thousand accounts and a thousand clients is several, none too long, and lacks nothing", () => {
    const request = aRequest({
      sources: each(20_000, address),
      accounts: each(1_000, (n) => ({ account: userName(n), window })),
      codes: [{ code: "50126", table: "SigninLogs", window }],
      fingerprints: each(1_000, (n) => `app|resource|none|Browser|Mozilla/5.0 "${n}"`),
    });
    const { requests, leftOut } = evidenceParts(request);
    expect(leftOut).toBe("");
    expect(requests.length).toBeGreaterThan(1);
    for (const kind of ["sources", "accounts", "codes", "fingerprints"] as const) {
      expect(requests.flatMap((part) => part[kind] as readonly unknown[])).toEqual(request[kind]);
    }
    const lengths = requests.map((part) => evidenceQuery(question, part).length);
    expect(Math.max(...lengths)).toBeLessThan(LONGEST);
  });

  test("about more than is asked for says what it leaves out, the last addresses first", () => {
    const sources = each(200_000, address);
    const { requests, leftOut } = evidenceParts(aRequest({ sources, fingerprints: ["a|b|c|d|e"] }));
    expect(requests).toHaveLength(MOST_QUESTIONS);
    const asked = requests.flatMap((part) => part.sources);
    expect(asked).toEqual(sources.slice(0, asked.length));
    expect(requests[0]?.fingerprints).toEqual(["a|b|c|d|e"]);
    expect(leftOut).toBe(`${200_000 - asked.length} of 200000 addresses were not asked about`);
  });
});

test("texts are laid into lists that no question is too long for, in their order, none twice", () => {
  const texts = each(20_000, address);
  const lists = listsOf(texts);
  expect(lists.flat()).toEqual(texts);
  expect(Math.max(...lists.map((list) => kqlStrings(list).length))).toBeLessThanOrEqual(MOST_TEXT);
  expect(listsOf([])).toEqual([]);
});

/** Three questions; npm test lays the same list into questions without asking them. */
const ADDRESSES = 20_000;

test.runIf(soaking)(
  `${ADDRESSES} addresses are asked about in parts that give what one attack did, each sign-in once`,
  async () => {
    const tried = each(400, (n) =>
      sprayFailure("2026-11-20T10:00:00Z", n, { IPAddress: address((n * ADDRESSES) / 400) }),
    );
    const inside = sprayFailure("2026-11-20T11:00:00Z", 7, { IPAddress: "192.0.2.9", ResultType: "0" });
    const { requests } = evidenceParts(aRequest({ sources: each(ADDRESSES, address) }));
    expect(requests.length).toBeGreaterThan(2);
    const merged = await withLogs({ AADNonInteractiveUserSignInLogs: [...tried, inside] }, async (logs) => {
      const answers = [];
      for (const part of requests) answers.push(await logs.query({ kql: evidenceQuery(question, part), window }));
      return mergeEvidence(answers.map(readEvidence));
    });
    const count = (code: string): number =>
      merged.facts.filter((fact) => fact.code === code).reduce((sum, fact) => sum + fact.count, 0);
    // The success comes from elsewhere, with the attack's client: every part selects it.
    expect([count("50126"), count("0")]).toEqual([400, 1]);
  },
);
