// What telemetry is told of acting on accounts: numbers and our own names, and never whom it is about.
import { describe, expect, test } from "vitest";
import { Problem, problemTexts } from "../src/problems.ts";
import { hours, minutes } from "../src/time.ts";
import { decideOnApproval } from "../src/triggers/approvals.ts";
import { stop } from "../src/triggers/stop.ts";
import { asking, aVisitor, formOf, numberIn, ours, principal, signIn } from "./approvals/visit.ts";
import { aBreach, aPerson, aProven, aUser, idOf } from "./response/people.ts";
import { APPROVER, aRig, type Rig } from "./response/rig.ts";
import { anInvocation } from "./test-app.ts";

const campaign = aBreach([aProven(1), aProven(2)]);
const events = ({ app }: Rig) => app.said.events.map(({ name, properties }) => ({ name, ...properties }));

async function asked(): Promise<Rig> {
  const rig = aRig({ whoAsks: signIn });
  await rig.found(campaign);
  await rig.tend();
  return rig;
}

describe("telemetry is told", () => {
  test("that a person was asked, and reminded", async () => {
    const rig = await asked();
    rig.pass(minutes(31));
    await rig.tend();
    expect(events(rig)).toEqual([
      { name: "ApprovalAsked", campaign: "amber-otter", accounts: 2, parts: 1, reminder: false },
      { name: "ApprovalAsked", campaign: "amber-otter", accounts: 2, parts: 1, reminder: true },
    ]);
  });

  test("what was decided, how long that took, and how the order ended", async () => {
    const rig = await asked();
    rig.test.people.set(idOf(2), aPerson(2, { user: aUser(2) }));
    rig.test.beforeWrite = (kind, id) => {
      if (id === idOf(2) && kind === "revoke") throw new Problem(problemTexts.protectedAccount("a role"));
    };
    const visitor = aVisitor(rig, async () => campaign);
    const number = numberIn(rig);
    rig.pass(minutes(7));
    await visitor.decide(number, await formOf(visitor, number));
    expect(events(rig).slice(1)).toEqual([
      { name: "ApprovalDecided", campaign: "amber-otter", decision: "approved", accounts: 2, waitedMs: minutes(7) },
      { name: "OrderCompleted", campaign: "amber-otter", by: "person", accounts: 2, done: 3, failed: 1, heldBack: 0, tookMs: 0 },
    ]); // biome-ignore format: an event is read in one line
  });

  test("that a person said no, and that nobody decided in time", async () => {
    const no = await asked();
    const visitor = aVisitor(no, async () => campaign);
    const number = numberIn(no);
    await visitor.decide(number, await formOf(visitor, number, 0, "decline"));
    expect(events(no).at(-1)).toMatchObject({ name: "ApprovalDecided", decision: "declined", accounts: 2 });
    const late = await asked();
    late.pass(hours(4));
    await late.tend();
    await late.tend();
    expect(events(late).slice(1)).toEqual([
      { name: "ApprovalDecided", campaign: "amber-otter", decision: "expired", accounts: 2, waitedMs: hours(4) },
    ]);
  });

  test("that a decision was not taken, and why: a stranger, another page, a link that was made up", async () => {
    const rig = await asked();
    const visitor = aVisitor(rig, async () => campaign);
    const number = numberIn(rig);
    const form = await formOf(visitor, number);
    await visitor.decide(number, form, { ...principal({ oid: idOf(7) }), ...ours });
    await decideOnApproval(
      asking("POST", number, { ...principal(), ...ours, origin: "https://evil.example" }, "part=0"),
      rig.app,
      anInvocation(),
    );
    await visitor.decide("A".repeat(43), form);
    await visitor.decide(number, { ...form, digest: "x" });
    expect(events(rig).slice(1)).toEqual(
      ["forbidden", "forbidden", "unknown", "altered"].map((why) => ({ name: "ApprovalRefused", why })),
    );
  });

  test("nothing of who merely looks", async () => {
    const rig = await asked();
    await aVisitor(rig, async () => campaign).look(numberIn(rig));
    await aVisitor(rig, async () => campaign).look("A".repeat(43));
    expect(events(rig)).toHaveLength(1);
  });

  test("that an order was carried out without asking", async () => {
    const rig = aRig({ mode: "automatic", environment: { RESPONSE_ACTIONS: "revokeSessions" } });
    await rig.found(campaign);
    await rig.tend();
    expect(events(rig)).toEqual([expect.objectContaining({ name: "OrderCompleted", by: "automatic", done: 2 })]);
  });

  test("that the stop switch was thrown, and lifted; before the answer is given", async () => {
    const rig = aRig();
    let flushed = 0;
    Object.assign(rig.app.ports.events, {
      flush: async () => {
        flushed = rig.app.said.events.length;
      },
    });
    await stop(asking("POST", "", {}, ""), rig.app, anInvocation());
    await stop(asking("POST", "", {}, '{"on":false,"because":"ada@contoso.example said so"}'), rig.app, anInvocation());
    expect(events(rig)).toEqual([
      { name: "StopThrown", on: true },
      { name: "StopThrown", on: false },
    ]);
    expect(flushed).toBe(2);
  });

  test("no account, approver, address or reason, whatever happens", async () => {
    const rig = await asked();
    const visitor = aVisitor(rig, async () => campaign);
    const number = numberIn(rig);
    await visitor.decide(number, await formOf(visitor, number));
    await stop(asking("POST", "", {}, '{"on":true,"because":"ada@contoso.example said so"}'), rig.app, anInvocation());
    const said = JSON.stringify(rig.app.said.events);
    expect(rig.app.said.events.length).toBeGreaterThan(3);
    for (const secret of ["@", idOf(1), APPROVER, "203.0.113", number, "said so"]) expect(said).not.toContain(secret);
  });
});
