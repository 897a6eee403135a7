import { describe, expect, test } from "vitest";
import { type CampaignMemory, isDueForEvidence, stateAt, withMemory } from "../../src/findings/campaign-memory.ts";
import { digestOf } from "../../src/ledger/digest.ts";
import { cellOf, readRecord, records } from "../../src/ledger/records.ts";
import { days, earlier, hours, type Instant, later, minutes } from "../../src/time.ts";
import { ATTACK_BEGAN, aCampaign, aFinding, anAccount } from "../response/examples.ts";

const aMemory = (some: Partial<CampaignMemory> = {}): CampaignMemory => ({
  id: "0a0f2b1c-57f5-8a5c-9a1f-6f1d2c3b4a59",
  generation: 1,
  findings: [aFinding()],
  joinedBy: [],
  window: { from: ATTACK_BEGAN, to: later(ATTACK_BEGAN, minutes(10)) },
  sources: ["203.0.113.7"],
  everybodys: [],
  notLookedUp: [],
  clients: [],
  attempted: ["ada@contoso.example"],
  lastAttempt: ATTACK_BEGAN,
  level: "attempted",
  proofs: [],
  askedAt: null,
  told: null,
  noted: null,
  mute: null,
  closed: null,
  named: [],
  follows: "",
  reopens: "",
  ...some,
});
const onceOver = (length: Parameters<typeof later>[1]): Instant => later(ATTACK_BEGAN, length);

describe("the life of a campaign", () => {
  test("is active, quiet after a day without an attempt, closed after a week", () => {
    expect(stateAt(aMemory(), onceOver(hours(23)))).toBe("active");
    expect(stateAt(aMemory(), onceOver(hours(24)))).toBe("quiet");
    expect(stateAt(aMemory(), onceOver(days(7)))).toBe("closed");
    const proofs = [{ account: anAccount("ada"), level: "known" as const, at: ATTACK_BEGAN }];
    expect(stateAt(aMemory({ proofs }), onceOver(hours(1)))).toBe("escalated");
  });

  test("is asked about with every run for 72 hours, then once a day to day 14", () => {
    expect(isDueForEvidence(aMemory({ askedAt: onceOver(hours(71)) }), onceOver(minutes(71 * 60 + 30)))).toBe(true);
    expect(isDueForEvidence(aMemory({ askedAt: onceOver(hours(80)) }), onceOver(hours(90)))).toBe(false);
    expect(isDueForEvidence(aMemory({ askedAt: onceOver(hours(80)) }), onceOver(hours(104)))).toBe(true);
    expect(isDueForEvidence(aMemory(), onceOver(days(14)))).toBe(false);
  });

  test("survives the journal", () => {
    const memory = aMemory({
      proofs: [{ account: anAccount("ada", { rows: [{ a: 1 }] }), level: "known", at: ATTACK_BEGAN }],
    });
    const record = { id: "x", version: "1", value: cellOf(memory) };
    expect(readRecord(records.campaign, record, "campaigns")).toEqual(memory);
  });
});

describe("what was proven before", () => {
  const proven = anAccount("ada@contoso.example", { id: "ada" });
  const looked = { from: onceOver(days(2)), to: onceOver(days(3)) };
  const memory = aMemory({ level: "known", proofs: [{ account: proven, level: "known", at: ATTACK_BEGAN }] });

  test("stays proven though today's window no longer shows it", () => {
    const { campaign, takenBack } = withMemory(aCampaign("attempted"), memory, looked);
    expect(campaign.accounts.known).toEqual([proven]);
    expect(campaign.assessment.level).toBe("known");
    expect(takenBack).toEqual([]);
  });

  test("stays as grave as it was: the known password of a privileged account is High on every later day", () => {
    const mighty = { ...proven, privileged: true };
    const before = aMemory({ level: "known", proofs: [{ account: mighty, level: "known", at: ATTACK_BEGAN }] });
    const quietDay = withMemory(aCampaign("attempted"), before, looked).campaign;
    expect(quietDay.assessment).toMatchObject({ level: "known", severity: "High" });
    const other = aCampaign("known");
    expect(other.assessment.severity).toBe("Medium");
    expect(withMemory(other, before, looked).campaign.assessment.severity).toBe("High");
    expect(withMemory(aCampaign("attempted"), memory, looked).campaign.assessment.severity).toBe("Medium");
  });

  test("is taken back, and said to be, where the same sign-ins no longer bear it out", () => {
    const inside = { from: earlier(ATTACK_BEGAN, hours(1)), to: onceOver(hours(2)) };
    const { campaign, takenBack } = withMemory(aCampaign("attempted"), memory, inside);
    expect(campaign.accounts.known).toEqual([]);
    expect(takenBack).toEqual(["ada@contoso.example"]);
    expect(campaign.assessment.because).toContain("Taken back");
  });

  test("is not taken back by an incomplete answer, which lowers nothing", () => {
    const inside = { from: earlier(ATTACK_BEGAN, hours(1)), to: onceOver(hours(2)) };
    const attempted = aCampaign("attempted");
    const partly = { ...attempted, assessment: { ...attempted.assessment, whole: false } };
    expect(withMemory(partly, memory, inside).campaign.assessment.level).toBe("known");
  });
});

describe("the daily digest", () => {
  test("has a line for each campaign of the last day, and is not told where there was none", () => {
    const now = onceOver(hours(20));
    expect(digestOf([aMemory({ lastAttempt: earlier(now, days(2)) })], now)).toBeNull();
    const digest = digestOf([aMemory(), aMemory({ id: "1", attempted: ["a", "b"] })], now);
    expect(digest?.title).toBe("2 campaigns in a day");
    expect(digest?.sections.flatMap(({ lines }) => lines)).toHaveLength(2);
    expect(digest?.sections[0]?.lines[0]).toContain("2 accounts");
  });

  test("offers no exclusion for an address that may be everybody's, or that nobody has looked up", () => {
    const told = { at: ATTACK_BEGAN, level: "attempted", attempted: 1, proven: [], privileged: [], codes: [] } as const;
    const closed = { at: ATTACK_BEGAN, classification: "FalsePositive", owner: "", told, named: [] } as const;
    const sources = ["203.0.113.7", "203.0.113.8", "203.0.113.9"];
    const memory = aMemory({ closed, sources, everybodys: ["203.0.113.8"], notLookedUp: ["203.0.113.9"] });
    const code = digestOf([memory], onceOver(hours(20)))?.sections.flatMap((section) => section.code ?? []);
    expect(code).toEqual([expect.stringContaining('addresses: ["203.0.113.7"]')]);
  });
});
