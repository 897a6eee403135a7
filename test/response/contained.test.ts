// What is told of accounts that are watched: not contained, contained so far, not known.
import { describe, expect, test } from "vitest";
import { cellOf } from "../../src/ledger/records.ts";
import { careId, RESPONSE } from "../../src/ledger/response-records.ts";
import { incidentOf } from "../../src/response/incident.ts";
import { throwStop } from "../../src/response/stop-switch.ts";
import { hours, type Instant, later, minutes } from "../../src/time.ts";
import { tend } from "../../src/triggers/tend.ts";
import type { Tables } from "../log-folder.ts";
import { anInvocation } from "../test-app.ts";
import { aContext } from "./examples.ts";
import { aBreach, aProven, nameFor, PROVEN, unreadable } from "./people.ts";
import { aRig, type Rig } from "./rig.ts";
import { ACTED, ATTACK, aCare, both, cards, comments, ELSEWHERE, life, signIn, watched } from "./watched-account.ts";

describe("what an account that is not contained leads to", () => {
  const attacked = (at: Instant) => both([signIn(later(ACTED, minutes(10)), ATTACK)], at);

  test("its incident is raised to High with a label, and keeps what runs have written into it since", async () => {
    const rig = aRig();
    const campaign = aBreach([aProven(1)]);
    const now = { ...incidentOf(campaign, { ...aContext(), heldBack: [] }), severity: "Medium" as const };
    await rig.app.ports.incidents.openOrUpdate({ ...now, description: "What the last run said." });
    const at = later(ACTED, minutes(30));
    await watched(at, both([signIn(later(ACTED, minutes(20)), ATTACK)], at), rig);
    const raise = rig.app.said.incidents.at(-1);
    expect(raise).toMatchObject({ id: now.id, severity: "High", raises: "not-contained" });
    expect(raise?.lastActivity).toBe(later(ACTED, minutes(20)));
  });

  test("the card says that it can be nobody but the attacker, or that it may be", async () => {
    const at = later(ACTED, minutes(30));
    expect(cards(await watched(at, attacked(at)))).toContain("The attacker still has 1 account");
    const elsewhere = both([signIn(later(ACTED, minutes(10)), ELSEWHERE)], at);
    expect(cards(await watched(at, elsewhere))).toContain("The attacker may still have 1 account");
  });

  test("the card says that the stop switch is on, where it is", async () => {
    const rig = aRig();
    await throwStop({ on: true, because: "", at: PROVEN }, rig.app.ports.journal);
    const at = later(ACTED, minutes(30));
    await watched(at, attacked(at), rig);
    expect(cards(rig)).toContain("The stop switch is on");
  });

  test("what could not be said is owed, and said once the channel takes it, by the timer that tends deliveries", async () => {
    let away = true;
    const rig = aRig();
    const post = rig.app.ports.cards.post;
    Object.assign(rig.app.ports.cards, {
      post: async (...asked: Parameters<typeof post>) => {
        if (away) throw unreadable;
        return post(...asked);
      },
    });
    const at = later(ACTED, minutes(30));
    await watched(at, attacked(at), rig);
    expect(rig.app.said.cards).toEqual([]);
    away = false;
    await watched(later(at, minutes(1)), attacked(at), rig, null);
    await tend(rig.app, anInvocation());
    await tend(rig.app, anInvocation());
    expect(rig.app.said.cards).toHaveLength(1);
  });
});

describe("accounts of one campaign", () => {
  const two = async (at: Instant, tables: Tables): Promise<Rig> => {
    const campaign = aBreach([aProven(1), aProven(2)]);
    const rig = aRig();
    const put = (n: number) => {
      const rows = aProven(n).rows.map((row) => ({ ...row }));
      const care = aCare({ account: { ...aProven(n), rows }, campaign });
      return { kind: "put", id: careId(care.account.id, care.order), value: cellOf(care), basedOn: "any" } as const;
    };
    await rig.app.ports.journal.commit(RESPONSE, [put(1), put(2)]);
    return watched(at, tables, rig, null);
  };

  test("are told together: one comment and one card that say for whom it is contained so far, and up to when", async () => {
    const rig = await two(later(ACTED, hours(3)), both([], later(ACTED, hours(2))));
    expect(comments(rig)).toHaveLength(1);
    expect(comments(rig)[0]).toContain(`${nameFor(1)}, ${nameFor(2)}: contained so far.`);
    expect(rig.app.said.cards).toHaveLength(1);
    expect(cards(rig)).toContain("No sign of the attacker in 2 accounts up to 2026-11-21 05:26 UTC");
    expect(cards(rig)).toContain("AuditLogs is not exported to the workspace");
    // Ending sessions does not change the password, and the card does not let anybody forget it.
    expect(cards(rig)).toContain("does not contain: the password still works");
  });

  test("are told apart where one is contained so far and the other is not", async () => {
    const rig = await two(
      later(ACTED, hours(3)),
      both([signIn(later(ACTED, minutes(10)), ATTACK, 2)], later(ACTED, hours(2))),
    );
    const [bad, good] = comments(rig);
    expect(bad).toContain(`Not contained. Seen since the measure:\n- ${nameFor(2)}`);
    expect(good).toContain(`${nameFor(1)}: contained so far.`);
    expect(good).not.toContain(nameFor(2));
    expect(rig.app.said.cards.map(({ id }) => id.replace(/^.*\./, ""))).toEqual(["not-contained", "so-far"]);
    // Telemetry counts them; it is not told who they are.
    expect(rig.app.said.events.map(({ name, properties }) => ({ name, ...properties }))).toEqual([
      { name: "Containment", campaign: "amber-otter", containment: "so far", accounts: 1 },
      { name: "Containment", campaign: "amber-otter", containment: "not contained", accounts: 1 },
    ]);
  });
});

describe("contained so far", () => {
  test("is said with the moment up to which both tables speak, once access tokens have ended", async () => {
    const rig = await watched(later(ACTED, hours(3)), both([], later(ACTED, hours(2))));
    // Ten minutes less than the newest row, for rows that arrive out of order.
    expect(comments(rig)).toEqual([expect.stringContaining("contained so far. Up to 2026-11-21 05:26 UTC")]);
    expect(comments(rig)[0]).toContain("Not looked at: AuditLogs is not exported");
  });

  test("is not said while one of the tables lags behind", async () => {
    const tables = {
      ...both([], later(ACTED, hours(2))),
      AADNonInteractiveUserSignInLogs: [life(later(ACTED, minutes(20)))],
    };
    expect(comments(await watched(later(ACTED, hours(3)), tables))).toEqual([]);
  });

  test("is not said where one of the tables says nothing", async () => {
    const { SigninLogs = [] } = both([], later(ACTED, hours(2)));
    expect(comments(await watched(later(ACTED, hours(3)), { SigninLogs }))).toEqual([]);
  });

  test("is said for the whole of the 24 hours only when the logs have got there", async () => {
    const rig = await watched(later(ACTED, hours(25)), both([], later(ACTED, hours(25))));
    expect(comments(rig)).toEqual([expect.stringContaining("Up to 2026-11-22 03:36 UTC")]);
    expect(cards(rig)).toContain("Contained so far; the watch has ended");
    // What is over lies apart, so that it never stands in the way of who is still watched.
    expect(await rig.records("care ")).toEqual([]);
    expect((await rig.records("watched "))[0]).toMatchObject({ over: true });
  });

  test("is never said where the logs do not get there: after a day of waiting it says that it is not known", async () => {
    const late = both([], later(ACTED, minutes(30)));
    const rig = await watched(later(ACTED, hours(30)), late);
    expect(comments(rig)).toEqual([]);
    await watched(later(ACTED, hours(49)), late, rig, null);
    expect(comments(rig)).toEqual([expect.stringContaining("whether it is contained is not known")]);
    expect(cards(rig)).toContain("Not known whether contained");
  });

  test("is never said of an account that was not", async () => {
    const rig = await watched(
      later(ACTED, minutes(30)),
      both([signIn(later(ACTED, minutes(10)), ATTACK)], later(ACTED, minutes(30))),
    );
    await watched(later(ACTED, hours(25)), both([], later(ACTED, hours(25))), rig, null);
    expect(comments(rig).join("\n")).not.toContain("contained so far");
  });
});
