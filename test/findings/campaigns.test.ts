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
  readonly clients?: readonly string[];
  readonly accounts?: readonly string[];
}
const aTrace = ({ at = 0, sources = [], everybodys = [], clients = [], accounts = [] }: Some): Trace => ({
  window: { from: later(ATTACK_BEGAN, hours(at)), to: later(ATTACK_BEGAN, hours(at + 1)) },
  accounts: new Set(accounts),
  sources: new Set(sources),
  everybodys: new Set(everybodys),
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
