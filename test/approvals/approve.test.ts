import { beforeEach, describe, expect, test } from "vitest";
import { signedIn } from "../../src/approvals/approver.ts";
import type { Campaign } from "../../src/findings/campaign.ts";
import { cellOf } from "../../src/ledger/records.ts";
import { RESPONSE } from "../../src/ledger/response-records.ts";
import type { Cell } from "../../src/ports.ts";
import { Problem, problemTexts } from "../../src/problems.ts";
import { throwStop } from "../../src/response/stop-switch.ts";
import { hours, later, minutes } from "../../src/time.ts";
import { aBreach, aPerson, aProven, aUser, idOf, nameFor, PROVEN } from "../response/people.ts";
import { APPROVER, aRig, type Rig, type RigOptions } from "../response/rig.ts";
import { aVisitor, formOf, numberIn, ours, principal, signIn, type Visitor } from "./visit.ts";

const two = aBreach([aProven(1), aProven(2)]);
let now: Campaign | null = two;
beforeEach(() => {
  now = two;
});

interface Asked {
  readonly rig: Rig;
  readonly visitor: Visitor;
  readonly number: string;
}

async function asked(campaign: Campaign = two, options: RigOptions = {}): Promise<Asked> {
  const rig = aRig({ whoAsks: signIn, ...options });
  now = campaign;
  await rig.found(campaign);
  await rig.tend();
  return { rig, visitor: aVisitor(rig, async () => now), number: numberIn(rig) };
}

const writes = ({ rig }: Asked): number => rig.test.writes.length;
const heading = (body: string): string => /<h1>(.*?)<\/h1>/.exec(body)?.[1] ?? "";
const everything = async ({ rig }: Asked): Promise<string> =>
  JSON.stringify(await rig.app.ports.journal.list(RESPONSE, "", 1_000));
async function approvalOf({ rig }: Asked): Promise<{ readonly [key: string]: Cell }> {
  const [approval] = await rig.records("approval ");
  if (approval === undefined) throw new Error("There is no approval.");
  return approval;
}

describe("a person who is asked", () => {
  test("sees the evidence, the accounts and what will happen, and approves once", async () => {
    const all = await asked();
    const { body } = await all.visitor.look(all.number);
    for (const text of [
      "Act on 2 proven accounts?",
      nameFor(1),
      nameFor(2),
      "disable sign-in, then revoke sessions",
      "203.0.113.7",
      "amber-otter",
      "Employee notices",
    ]) {
      expect(body).toContain(text);
    }
    const answer = await all.visitor.decide(all.number, await formOf(all.visitor, all.number));
    expect([answer.status, heading(answer.body)]).toEqual([200, "Approved and done"]);
    expect(all.rig.test.writes).toEqual([
      { kind: "disable", id: idOf(1) },
      { kind: "revoke", id: idOf(1) },
      { kind: "disable", id: idOf(2) },
      { kind: "revoke", id: idOf(2) },
    ]);
    expect(all.rig.app.said.comments.at(-1)?.text).toContain("approved by oncall@contoso.example");
  });

  test("declines: it is written down, nothing is done, and nobody is asked again without new proof", async () => {
    const all = await asked();
    const answer = await all.visitor.decide(all.number, await formOf(all.visitor, all.number, 0, "decline"));
    expect(heading(answer.body)).toBe("Declined: nothing is done");
    expect(all.rig.app.said.comments.at(-1)?.text).toContain("Declined by oncall@contoso.example");
    await all.rig.found(two, { run: "run 2" });
    await all.rig.tend();
    expect([writes(all), all.rig.app.said.cards.length]).toEqual([0, 1]);
  });

  test("is asked about 60 accounts in parts of 25, and acts on one part alone", async () => {
    const many = Array.from({ length: 60 }, (_, n) => n + 1);
    const campaign = aBreach(many.map((n) => aProven(n)));
    const environment = { RESPONSE_PER_RUN: "25", RESPONSE_PER_HOUR: "25", RESPONSE_PER_DAY: "25" };
    const all = await asked(campaign, { mode: "automatic", people: many.map((n) => aPerson(n)), environment });
    expect(writes(all)).toBe(0);
    expect(JSON.stringify(all.rig.app.said.cards)).toContain("60 accounts would be over the budget of 25 in a run");
    const { body } = await all.visitor.look(all.number);
    expect([...body.matchAll(/<h2 id="part-\d">(.*?)<\/h2>/g)].map(([, title]) => title)).toEqual([
      "Part 1 of 3: 25 accounts",
      "Part 2 of 3: 25 accounts",
      "Part 3 of 3: 10 accounts",
    ]);
    await all.visitor.decide(all.number, await formOf(all.visitor, all.number, 2));
    expect(new Set(all.rig.test.writes.map(({ id }) => id)).size).toBe(10);
    expect((await all.visitor.look(all.number)).body.match(/<form /g)).toHaveLength(2);
  });

  test("is reminded once after half an hour, with a link of its own that works too", async () => {
    const all = await asked();
    all.rig.pass(minutes(31));
    await all.rig.tend();
    await all.rig.tend();
    const ids = all.rig.app.said.cards.map(({ id }) => id.split(".")[1]);
    expect(ids).toEqual(["ask", "remind"]);
    const again = numberIn(all.rig);
    expect(again).not.toBe(all.number);
    for (const number of [all.number, again]) expect((await all.visitor.look(number)).status).toBe(200);
  });
});

describe("looking", () => {
  test("changes nothing, however often and by whatever scanner", async () => {
    const all = await asked();
    const before = await everything(all);
    for (let n = 0; n < 20; n++) await all.visitor.look(all.number);
    expect(await everything(all)).toBe(before);
    expect(writes(all)).toBe(0);
  });

  test("shows nobody but an approver whom it is about", async () => {
    const all = await asked();
    for (const headers of [{}, principal({ oid: idOf(7) })]) {
      const answer = await all.visitor.look(all.number, headers);
      expect(answer.status).toBe(403);
      expect(answer.body).not.toContain("contoso.example");
    }
  });
});

describe("a link", () => {
  test("that is used again acts no second time", async () => {
    const all = await asked();
    const form = await formOf(all.visitor, all.number);
    await all.visitor.decide(all.number, form);
    const again = await all.visitor.decide(all.number, form);
    expect([again.status, heading(again.body)]).toEqual([409, "It has been decided already"]);
    expect(again.body).toContain("Approved by oncall@contoso.example");
    expect(writes(all)).toBe(4);
  });

  test("that two people press at the same time acts once", async () => {
    const all = await asked();
    const form = await formOf(all.visitor, all.number);
    const answers = await Promise.all(Array.from({ length: 5 }, () => all.visitor.decide(all.number, form)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(writes(all)).toBe(4);
  });

  test("that is approved and declined at the same time is one of the two", async () => {
    const all = await asked();
    const form = await formOf(all.visitor, all.number);
    const answers = await Promise.all([
      all.visitor.decide(all.number, { ...form, decision: "decline" }),
      all.visitor.decide(all.number, form),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const declined = answers[0]?.status === 200;
    expect(writes(all)).toBe(declined ? 0 : 4);
  });

  test("can be used for four hours; then the incident is raised, once", async () => {
    const all = await asked();
    const form = await formOf(all.visitor, all.number);
    all.rig.pass(hours(4));
    const answer = await all.visitor.decide(all.number, form);
    expect([answer.status, writes(all)]).toEqual([410, 0]);
    expect((await all.visitor.look(all.number)).status).toBe(410);
    await all.rig.tend();
    await all.rig.tend();
    expect(all.rig.app.said.incidents.map(({ severity, raises }) => [severity, raises === "approval-expired"])).toEqual(
      [["High", true]],
    );
    expect(all.rig.app.said.comments.map(({ text }) => text)).toEqual([
      expect.stringContaining("Nobody decided between"),
    ]);
  });

  test("that was altered by one character, cut or made up leads nowhere", async () => {
    const all = await asked();
    const form = await formOf(all.visitor, all.number);
    const other = all.number.startsWith("A") ? "B" : "A";
    for (const number of [
      other + all.number.slice(1),
      all.number.slice(1),
      `${all.number}A`,
      "",
      "..%2f..",
      "A".repeat(43),
    ]) {
      expect([(await all.visitor.look(number)).status, (await all.visitor.decide(number, form)).status]).toEqual([
        404, 404,
      ]);
    }
    expect(writes(all)).toBe(0);
  });

  test("stands nowhere in the journal, not even in part", async () => {
    const all = await asked();
    const text = await everything(all);
    expect(text).not.toContain(all.number.slice(0, 12));
    expect(text).toMatch(/"link [0-9a-f]{64}"/);
  });
});

describe("what is sent", () => {
  test.each([
    ["another digest", { digest: "x".repeat(43) }, 409],
    ["no digest", { digest: "" }, 409],
    ["a part that is not asked about", { part: "7" }, 409],
    ["a part that is no number", { part: "-1" }, 403],
    ["another decision", { decision: "approve-all" }, 403],
  ] as const)("with %s does nothing", async (_, change, status) => {
    const all = await asked();
    const form = await formOf(all.visitor, all.number);
    expect((await all.visitor.decide(all.number, { ...form, ...change })).status).toBe(status);
    expect(writes(all)).toBe(0);
  });

  test.each([
    ["another site", { origin: "https://evil.example" }],
    ["nowhere that it says", { origin: "" }],
    ["a sandbox", { origin: "null" }],
    ["a site that looks like ours", { origin: "https://hunt-responder.example.evil.example" }],
    ["our name without encryption", { origin: "http://hunt-responder.example" }],
    ["a browser that says it is from elsewhere", { "sec-fetch-site": "cross-site" }],
    ["a neighbour under the same domain", { "sec-fetch-site": "same-site" }],
    ["a script that sends JSON as text", { "content-type": "text/plain" }],
  ])("from %s does nothing", async (_, headers) => {
    const all = await asked();
    const form = await formOf(all.visitor, all.number);
    const answer = await all.visitor.decide(all.number, form, { ...principal(), ...ours, ...headers });
    expect([answer.status, writes(all)]).toEqual([403, 0]);
  });

  test("without any word of where it comes from does nothing", async () => {
    const all = await asked();
    const form = await formOf(all.visitor, all.number);
    const { origin: _, ...headers } = ours;
    expect((await all.visitor.decide(all.number, form, { ...principal(), ...headers })).status).toBe(403);
    expect(writes(all)).toBe(0);
  });

  test("about a record that somebody has altered does nothing", async () => {
    const all = await asked();
    const form = await formOf(all.visitor, all.number);
    const { journal } = all.rig.app.ports;
    const approval = structuredClone(await approvalOf(all)) as { parts: { accounts: { account: { id: string } }[] }[] };
    approval.parts[0]!.accounts[0]!.account.id = idOf(3);
    const [{ id } = { id: "" }] = await journal.list(RESPONSE, "approval ", 1);
    await journal.commit(RESPONSE, [{ kind: "put", id, value: cellOf(approval), basedOn: "any" }]);
    expect((await all.visitor.decide(all.number, form)).status).toBe(409);
    expect(writes(all)).toBe(0);
  });
});

describe("who approves", () => {
  const withForm = async (headers: Record<string, string>, options: RigOptions = {}, campaign?: Campaign) => {
    const all = await asked(campaign, options);
    const digest = String((await approvalOf(all)).digest);
    const answer = await all.visitor.decide(
      all.number,
      { part: "0", decision: "approve", digest },
      { ...headers, ...ours },
    );
    return { status: answer.status, body: answer.body, writes: writes(all) };
  };
  const forge = (text: string) => ({ "x-ms-client-principal": Buffer.from(text).toString("base64") });

  test.each([
    ["nobody who is signed in", {}],
    ["somebody who is not on the list", principal({ oid: idOf(9) })],
    ["somebody of another tenant", principal({ tid: idOf(9) })],
    ["somebody whom another provider has signed in", principal({ auth: "google" })],
    ["an app", principal({ more: [{ typ: "idtyp", val: "app" }] })],
    ["two people at once in the claims", principal({ more: [{ typ: "oid", val: idOf(9) }] })],
    ["two people at once in the headers", { ...principal(), "x-ms-client-principal-id": idOf(9) }],
    ["a header that is no JSON", forge("{")],
    ["a header without claims", forge('{"auth_typ":"aad"}')],
    [
      "a header without an object id",
      forge('{"auth_typ":"aad","claims":[{"typ":"preferred_username","val":"oncall@contoso.example"}]}'),
    ],
  ])("not %s", async (_, headers) => {
    expect(await withForm(headers)).toMatchObject({ status: 403, writes: 0 });
  });

  test("nobody by a header where no sign-in stands in front, however well it is forged", async () => {
    const whoAsks = signedIn({ trusted: false, approvers: [APPROVER], tenantId: null });
    expect(await withForm(principal(), { whoAsks })).toMatchObject({ status: 403, writes: 0 });
  });

  test.each([
    ["by name, whatever its letters", { accountNames: ["OnCall@contoso.example"] }],
    [
      "by object id among the proven",
      { accounts: { ...two.accounts, entered: [...two.accounts.entered, aProven(8, { id: APPROVER })] } },
    ],
  ])("nobody whose own account the campaign attempted, %s", async (_, change) => {
    expect(await withForm(principal(), {}, { ...two, ...change })).toMatchObject({ status: 403, writes: 0 });
  });

  const cut = { ...two, cut: ["accounts"] };
  const logsWith = (failures: number, whole = true) => ({
    query: async () => ({ columns: [], rows: [{ Failures: failures }], whole, warnings: [] }),
  });
  test("nobody who cannot be ruled out where the list of accounts is incomplete", async () => {
    expect(await withForm(principal(), { logs: logsWith(2) }, cut)).toMatchObject({ status: 403, writes: 0 });
    expect(await withForm(principal(), { logs: logsWith(0, false) }, cut)).toMatchObject({ status: 403, writes: 0 });
    expect(await withForm(principal(), { logs: logsWith(0) }, cut)).toMatchObject({ status: 200, writes: 4 });
  });
});

describe("at the moment of execution", () => {
  const decided = async (all: Asked) => all.visitor.decide(all.number, await formOf(all.visitor, all.number));

  test("whose proof went away is left alone, and the page says so", async () => {
    const all = await asked();
    now = aBreach([aProven(1)]);
    const answer = await decided(all);
    expect(answer.body).toContain(`${nameFor(2)}: The evidence no longer proves`);
    expect(new Set(all.rig.test.writes.map(({ id }) => id))).toEqual(new Set([idOf(1)]));
  });

  test("where all proof went away nothing is done, and the question stays open", async () => {
    const all = await asked();
    now = aBreach([]);
    const answer = await decided(all);
    expect([answer.status, heading(answer.body), writes(all)]).toEqual([409, "Nothing was done", 0]);
    now = two;
    expect((await decided(all)).status).toBe(200);
  });

  test.each([
    ["the campaign is gone", async () => null, "no longer show this campaign"],
    [
      "the logs answer only in part",
      async () => ({ ...two, assessment: { ...two.assessment, whole: false } }),
      "only in part",
    ],
    [
      "the logs cannot be asked",
      async () => Promise.reject(new Problem(problemTexts.throttled("Log Analytics", undefined))),
      "could not be asked again",
    ],
  ])("where %s nothing is done", async (_, evidence, words) => {
    const all = await asked();
    const visitor = aVisitor(all.rig, evidence);
    const answer = await visitor.decide(all.number, await formOf(visitor, all.number));
    expect([answer.status, writes(all)]).toEqual([409, 0]);
    expect(answer.body).toContain(words);
  });

  test.each([
    ["whose password was changed", { passwordChangedAt: later(PROVEN, minutes(6)) }, "password was changed"],
    ["whose sessions were ended", { sessionsValidFrom: later(PROVEN, minutes(6)) }, "sessions were ended"],
    ["who is disabled already", { enabled: false }, "disabled already"],
    ["who has become another person", { id: idOf(9) }, "another account"],
    ["who has become a guest", { kind: "guest" as const }, "guest"],
  ])("nothing is done to somebody %s", async (_, user, words) => {
    const all = await asked();
    all.rig.test.people.set(idOf(1), aPerson(1, { user: aUser(1, user) }));
    const answer = await decided(all);
    expect(answer.body).toContain(words);
    expect(new Set(all.rig.test.writes.map(({ id }) => id))).toEqual(new Set([idOf(2)]));
  });

  test("nothing is done to somebody whose protection cannot be checked", async () => {
    const all = await asked();
    all.rig.test.people.set(idOf(1), aPerson(1, { unreadable: ["user"] }));
    expect((await decided(all)).body).toContain("could not be checked");
    expect(new Set(all.rig.test.writes.map(({ id }) => id))).toEqual(new Set([idOf(2)]));
  });

  test("the stop switch is read: nothing is done, the question stays open, and the page shows it", async () => {
    const all = await asked();
    const { clock, ports } = all.rig.app;
    const stop = (on: boolean) => throwStop({ on, at: clock.now(), because: "" }, ports.journal);
    await stop(true);
    expect((await all.visitor.look(all.number)).body).toContain("The stop switch is on");
    const answer = await decided(all);
    expect([answer.status, writes(all)]).toEqual([409, 0]);
    await stop(false);
    expect((await decided(all)).status).toBe(200);
  });

  test("who was acted on without asking meanwhile is not acted on twice", async () => {
    const all = await asked();
    const form = await formOf(all.visitor, all.number);
    all.rig.test.people.set(idOf(1), aPerson(1, { user: aUser(1, { enabled: false }) }));
    all.rig.test.people.set(idOf(2), aPerson(2, { user: aUser(2, { sessionsValidFrom: later(PROVEN, minutes(5)) }) }));
    expect((await all.visitor.decide(all.number, form)).status).toBe(409);
    expect(writes(all)).toBe(0);
  });

  test("a privileged account may be acted on, because a person has said so", async () => {
    const people = [aPerson(1, { roles: ["Global Administrator"] })];
    const all = await asked(aBreach([aProven(1)]), { mode: "automatic", people });
    expect((await all.visitor.look(all.number)).body).toContain('<span class="mark">privileged</span>');
    expect((await decided(all)).status).toBe(200);
    expect(writes(all)).toBe(2);
  });
});
