import { describe, expect, test } from "vitest";
import { AUDIT_FOR, WHOLE_FOR } from "../../src/response/forget-responses.ts";
import { days, hours } from "../../src/time.ts";
import { aVisitor, formOf, numberIn, signIn } from "../approvals/visit.ts";
import { aBreach, aPerson, aProven, idOf, nameFor } from "./people.ts";
import { APPROVER, aRig, type Rig } from "./rig.ts";

const acted = async (): Promise<Rig> => {
  const rig = aRig({ mode: "automatic" });
  await rig.found(aBreach([aProven(1)]));
  await rig.tend();
  return rig;
};

describe("an order that is over", () => {
  test("is kept whole for 90 days, with the sign-ins that prove it", async () => {
    const rig = await acted();
    rig.pass(WHOLE_FOR - hours(1));
    await rig.tend();
    const [order] = await rig.records("done ");
    expect(JSON.stringify(order)).toContain("203.0.113.7");
    expect(JSON.stringify(order)).toContain("accountNames");
  });

  test("then says what an audit asks and nothing else: who, whom, what, why, when, with which result", async () => {
    const rig = await acted();
    rig.pass(WHOLE_FOR + hours(1));
    await rig.tend();
    const [order] = await rig.records("done ");
    expect(order).toMatchObject({
      audit: "order",
      approver: null,
      campaign: { shortName: "amber-otter" },
      accounts: [
        {
          id: idOf(1),
          name: nameFor(1),
          because: aProven(1).because,
          steps: [
            { measure: "disableAccount", state: "done" },
            { measure: "revokeSessions", state: "done" },
          ],
        },
      ],
    });
    const kept = JSON.stringify(order);
    for (const gone of ["bob@contoso.example", "fasthttp", "rows", "accountNames"]) expect(kept).not.toContain(gone);
  });

  test("is erased after two years", async () => {
    const rig = await acted();
    rig.pass(WHOLE_FOR + hours(1));
    await rig.tend();
    rig.pass(AUDIT_FOR - WHOLE_FOR - hours(2));
    await rig.tend();
    expect(await rig.records("done ")).toHaveLength(1);
    rig.pass(hours(2));
    await rig.tend();
    expect(await rig.records("done ")).toEqual([]);
  });
});

test("a decision is kept for two years: who was asked about, who said no, and when", async () => {
  const rig = aRig({ whoAsks: signIn });
  await rig.found(aBreach([aProven(1)]));
  await rig.tend();
  const visitor = aVisitor(rig, async () => aBreach([aProven(1)]));
  const number = numberIn(rig);
  await visitor.decide(number, await formOf(visitor, number, 0, "decline"));
  rig.pass(days(8));
  await rig.tend();
  expect(await rig.records("approval ")).toEqual([]);
  expect(await rig.records("link ")).toEqual([]);
  const [asked] = await rig.records("asked ");
  expect(asked).toMatchObject({
    audit: "approval",
    parts: [{ accounts: [{ id: idOf(1), name: nameFor(1) }], decision: { kind: "declined", by: { id: APPROVER } } }],
  });
  expect(JSON.stringify(asked)).not.toContain("bob@contoso.example");
  rig.pass(AUDIT_FOR);
  await rig.tend();
  expect(await rig.records("asked ")).toEqual([]);
});

test("watches that are over, and up to where accounts were answered, go after 90 days", async () => {
  const rig = await acted();
  rig.pass(days(3));
  await rig.tend();
  expect([(await rig.records("watched ")).length, (await rig.records("answered ")).length]).toEqual([1, 1]);
  rig.pass(WHOLE_FOR);
  await rig.tend();
  expect([await rig.records("watched "), await rig.records("answered ")]).toEqual([[], []]);
});

test("however many records there are, each has its turn", async () => {
  const people = Array.from({ length: 60 }, (_, n) => aPerson(n + 1));
  const rig = aRig({
    mode: "automatic",
    people,
    environment: { RESPONSE_PER_RUN: "60", RESPONSE_PER_HOUR: "60", RESPONSE_PER_DAY: "60" },
  });
  await rig.found(aBreach(people.map((_, n) => aProven(n + 1))));
  await rig.tend();
  expect(await rig.records("answered ")).toHaveLength(60);
  rig.pass(WHOLE_FOR + days(1));
  for (let n = 0; n < 4; n++) await rig.tend();
  expect(await rig.records("answered ")).toEqual([]);
});
