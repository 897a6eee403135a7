import { describe, expect, test } from "vitest";
import { bond, joinFindings } from "../../src/findings/campaigns.ts";
import type { Finding } from "../../src/findings/finding.ts";
import type { Trace } from "../../src/findings/trace.ts";
import { hours, later } from "../../src/time.ts";
import { ATTACK_BEGAN, aFinding } from "../response/examples.ts";

const CLIENT = "app|resource|ropc|Other clients|fasthttp";
interface Some {
  readonly at?: number;
  readonly sources?: readonly string[];
  readonly everybodys?: readonly string[];
  readonly notLookedUp?: readonly string[];
  readonly clients?: readonly string[];
  readonly accounts?: readonly string[];
}
const aTrace = ({
  at = 0,
  sources = [],
  everybodys = [],
  notLookedUp = [],
  clients = [],
  accounts = [],
}: Some): Trace => ({
  window: { from: later(ATTACK_BEGAN, hours(at)), to: later(ATTACK_BEGAN, hours(at + 1)) },
  accounts: new Set(accounts),
  sources: new Set(sources),
  everybodys: new Set(everybodys),
  notLookedUp: new Set(notLookedUp),
  waysOut: new Set(),
  clients: new Set(clients),
  attempts: new Set(),
});
const traced = (key: string, some: Some): { finding: Finding; trace: Trace } => {
  const trace = aTrace(some);
  return { finding: aFinding({ key, window: trace.window }), trace };
};

describe("two findings are one attack", () => {
  test("by an address of the attacker", () => {
    expect(bond(aTrace({ sources: ["192.0.2.1"] }), aTrace({ sources: ["192.0.2.1"] }))).toBe(
      "the same address: 192.0.2.1",
    );
  });

  test("by a rare client", () => {
    expect(bond(aTrace({ clients: [CLIENT] }), aTrace({ clients: [CLIENT] }))).toBe(
      "the same rare client: fasthttp ropc app",
    );
  });

  test("by more than half of their accounts, and not by half", () => {
    const four = aTrace({ accounts: ["a", "b", "c", "d"] });
    expect(bond(four, aTrace({ accounts: ["a", "b", "c"] }))).toBe("3 of the same accounts");
    expect(bond(four, aTrace({ accounts: ["a", "b"] }))).toBe("");
  });

  test("not by an address in Microsoft's network", () => {
    const cloud = { sources: ["192.0.2.1"], everybodys: ["192.0.2.1"] };
    expect(bond(aTrace(cloud), aTrace(cloud))).toBe("");
  });

  test("not by an address of which nobody has looked up whether it is a way out of the company", () => {
    const perhaps = aTrace({ sources: ["192.0.2.1"], notLookedUp: ["192.0.2.1"] });
    expect(bond(perhaps, perhaps)).toBe("");
    expect(bond(perhaps, aTrace({ sources: ["192.0.2.1"] }))).toBe("the same address: 192.0.2.1");
  });

  test("within 24 hours, and not after", () => {
    const one = aTrace({ sources: ["192.0.2.1"] });
    expect(bond(one, aTrace({ sources: ["192.0.2.1"], at: 25 }))).not.toBe("");
    expect(bond(one, aTrace({ sources: ["192.0.2.1"], at: 26 }))).toBe("");
  });
});

describe("joining", () => {
  test("says by what, and goes on along a chain", () => {
    const attacks = joinFindings(
      [
        traced("1", { sources: ["192.0.2.1"] }),
        traced("2", { sources: ["192.0.2.1"], clients: [CLIENT], at: 1 }),
        traced("3", { clients: [CLIENT], at: 2 }),
      ],
      [],
    );
    expect(attacks).toHaveLength(1);
    expect(attacks[0]?.joinedBy).toEqual(["the same address: 192.0.2.1", "the same rare client: fasthttp ropc app"]);
  });

  test("puts a finding that fits two into the older, and merges no campaigns", () => {
    const attacks = joinFindings(
      [
        traced("1", { sources: ["192.0.2.1"] }),
        traced("2", { sources: ["192.0.2.2"], at: 1 }),
        traced("3", { sources: ["192.0.2.1", "192.0.2.2"], at: 2 }),
      ],
      [],
    );
    expect(attacks.map(({ findings }) => findings.map(({ key }) => key))).toEqual([["1", "3"], ["2"]]);
    expect(attacks[0]?.alsoFits).toEqual(["2"]);
  });

  describe("what comes after days of quiet", () => {
    const known = (key: string, at: number, muted = false) => {
      const { finding, trace } = traced(key, { sources: ["192.0.2.1"], accounts: ["a"], at });
      return { id: `campaign ${key}`, findings: [finding], trace, joinedBy: [], alsoFits: [], muted };
    };
    const laterOn = (hoursLater: number, some: Some = { sources: ["192.0.2.1"] }) =>
      traced("new", { ...some, at: hoursLater });
    const keys = (attacks: ReturnType<typeof joinFindings>) =>
      attacks.map(({ findings }) => findings.map(({ key }) => key));

    test("goes on with a campaign that is quiet, by its own marks and not by its accounts", () => {
      expect(keys(joinFindings([laterOn(6 * 24)], [known("1", 0)]))).toEqual([["1", "new"]]);
      expect(keys(joinFindings([laterOn(6 * 24, { accounts: ["a"] })], [known("1", 0)]))).toEqual([["1"], ["new"]]);
    });

    test("is a new campaign where the old is closed, and says from which it may go on", () => {
      expect(joinFindings([laterOn(8 * 24)], [known("1", 0)])).toMatchObject([
        { id: "campaign 1", findings: [{ key: "1" }] },
        { id: null, goesOnFrom: { id: "campaign 1", by: "the same address: 192.0.2.1" } },
      ]);
    });

    test("stays with one whose incident an analyst closed, but where another is still going on", () => {
      expect(keys(joinFindings([laterOn(8 * 24)], [known("1", 0, true)]))).toEqual([["1", "new"]]);
      const both = [known("1", 0, true), known("2", 7 * 24)];
      expect(keys(joinFindings([laterOn(8 * 24)], both))).toEqual([["1"], ["2", "new"]]);
    });

    test("within one run is another attack, and says from which it may go on", () => {
      const attacks = joinFindings([traced("1", { sources: ["192.0.2.1"] }), laterOn(50)], []);
      expect(attacks.map(({ goesOnFrom }) => goesOnFrom?.by)).toEqual([undefined, "the same address: 192.0.2.1"]);
    });
  });

  test("is the same in whatever order the hunts found them", () => {
    const findings = [0, 1, 2, 3, 4].map((n) =>
      traced(String(n), { at: n, sources: [`192.0.2.${n}`, `192.0.2.${n + 1}`] }),
    );
    expect(joinFindings(findings.toReversed(), [])).toEqual(joinFindings(findings, []));
  });

  test("puts what is seen again in the place of what was remembered", () => {
    const [known] = joinFindings([traced("1", { sources: ["192.0.2.1"] })], []);
    const again = traced("1", { sources: ["192.0.2.9"], at: 0 });
    const attacks = joinFindings([again], known ? [{ ...known, id: "campaign" }] : []);
    expect(attacks).toMatchObject([{ id: "campaign", findings: [{ key: "1" }] }]);
    expect([...(attacks[0]?.trace.sources ?? [])]).toEqual(["192.0.2.1", "192.0.2.9"]);
  });
});
