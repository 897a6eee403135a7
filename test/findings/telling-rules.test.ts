import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Campaign } from "../../src/findings/campaign.ts";
import { type CampaignMemory, type Mute, remembered, type ToldOf, toldOf } from "../../src/findings/campaign-memory.ts";
import type { Attack } from "../../src/findings/campaigns.ts";
import {
  type AtClosing,
  cardFor,
  exclusionOffer,
  growthOf,
  growthSince,
  muteFault,
  notedAfter,
  reopening,
  worstHalfHour,
} from "../../src/findings/telling-rules.ts";
import { exclusionSchema } from "../../src/hunts/exclusion.ts";
import { days, later, minutes, seconds } from "../../src/time.ts";
import { at } from "../builders.ts";
import { ATTACK_BEGAN, aCampaign, anAccount } from "../response/examples.ts";

const now = later(ATTACK_BEGAN, minutes(60));
const SMALL = 500;
const told = (campaign: Campaign): ToldOf => toldOf(campaign, now);
const mute: Mute = { by: "ada@contoso.example", because: "a test of our own", until: later(now, days(7)) };
const kind = (campaign: Campaign, memory: Parameters<typeof cardFor>[1] = null, accounts = SMALL): string =>
  cardFor(campaign, memory, accounts, now).kind;

describe("a card at once", () => {
  test("is for entered and known", () => {
    expect(kind(aCampaign("entered"))).toBe("opened");
    expect(kind(aCampaign("known"))).toBe("opened");
  });

  test("is not for failures, whose line is in the digest", () => {
    expect(kind(aCampaign("attempted"))).toBe("digest");
    expect(kind(aCampaign("possible"))).toBe("digest");
  });

  test("is for a wave of lock-outs: 15 accounts in half an hour, 25 in a large tenant, once", () => {
    const wave = (lockedOut: number): Campaign => aCampaign("attempted", { lockedOut });
    expect(kind(wave(14))).toBe("digest");
    expect(kind(wave(15))).toBe("opened");
    expect(kind(wave(24), null, 2_000)).toBe("digest");
    expect(kind(wave(25), null, 2_000)).toBe("opened");
    expect(kind(wave(40), { told: told(wave(15)), mute: null })).toBe("silent");
  });

  test("comes again for a further proven account, and names only that one", () => {
    const before = aCampaign("known");
    const after = aCampaign("known", {
      accounts: {
        ...before.accounts,
        known: [...before.accounts.known, anAccount("new@contoso.example", { id: "new" })],
      },
    });
    expect(cardFor(after, { told: told(before), mute: null }, SMALL, now)).toMatchObject({
      kind: "proven",
      newly: [{ name: "new@contoso.example" }],
    });
    expect(kind(after, { told: told(after), mute: null })).toBe("silent");
  });

  test("is for what no evidence speaks of", () => {
    expect(kind(aCampaign("attempted", { state: "observed" }))).toBe("opened");
  });
});

describe("a mute", () => {
  test("keeps failures quiet, and says who muted them and why", () => {
    expect(cardFor(aCampaign("attempted", { lockedOut: 99 }), { told: null, mute }, SMALL, now)).toEqual({
      kind: "silent",
      because: "It is muted by ada@contoso.example: a test of our own",
    });
  });

  test("is broken by new proof, and ends by itself", () => {
    expect(kind(aCampaign("known"), { told: null, mute })).toBe("opened");
    expect(kind(aCampaign("attempted"), { told: null, mute: { ...mute, until: now } })).toBe("digest");
  });

  test("needs a name, a reason and an end within 30 days", () => {
    expect(muteFault(mute, now)).toBeNull();
    expect(muteFault({ ...mute, by: " " }, now)).not.toBeNull();
    expect(muteFault({ ...mute, because: "" }, now)).not.toBeNull();
    expect(muteFault({ ...mute, until: later(now, days(31)) }, now)).not.toBeNull();
    expect(muteFault({ ...mute, until: now }, now)).not.toBeNull();
  });
});

describe("what counts as growth", () => {
  const before = aCampaign("attempted");
  const grown = (change: Partial<Campaign>): readonly string[] =>
    growthOf(aCampaign("attempted", change), told(before));

  test("is never merely more attempts", () => {
    expect(grown({ attempts: 1_000_000 })).toEqual([]);
    expect(grown({ accounts: { ...before.accounts, attempted: 4_089 } })).toEqual([]);
  });

  test("is ten times the accounts, a new kind of answer, a proven account, a privileged target", () => {
    expect(grown({ accounts: { ...before.accounts, attempted: 4_090 } })).toEqual(["10 times the accounts"]);
    expect(grown({ codes: { ...before.codes, "53003": 1 } })).toEqual(["a new kind of answer: 53003"]);
    const known = [anAccount("eve@contoso.example", { privileged: true })];
    expect(grown({ accounts: { ...before.accounts, known } })).toEqual([
      "a further proven account: eve@contoso.example",
      "a privileged target",
    ]);
  });
});

const anAttack: Attack = {
  id: null,
  findings: [],
  trace: {
    window: { from: ATTACK_BEGAN, to: now },
    accounts: new Set(),
    sources: new Set(),
    everybodys: new Set(),
    notLookedUp: new Set(),
    waysOut: new Set(),
    clients: new Set(),
    attempts: new Set(),
  },
  joinedBy: [],
  alsoFits: [],
};

describe("growth that its incident is told of", () => {
  const before = aCampaign("attempted");
  const ever: CampaignMemory = remembered(before, anAttack, null, now, true);
  const memory: CampaignMemory = { ...ever, noted: notedAfter(before, null, now) };
  const grown = aCampaign("attempted", { codes: { ...before.codes, "53003": 1 } });

  test("is told once, and counts from there", () => {
    expect(growthSince(before, memory, now)).toBeNull();
    expect(growthSince(grown, memory, now)?.text).toBe("This campaign has grown: a new kind of answer: 53003.");
    const after = { ...memory, noted: notedAfter(grown, memory, later(now, days(1))) };
    expect(growthSince(grown, after, now)).toBeNull();
    // What today's window no longer shows is no news when it comes again.
    const back = { ...after, noted: notedAfter(before, after, later(now, days(2))) };
    expect(growthSince(grown, back, now)).toBeNull();
  });

  test("is told in steps: what grows slowly has grown as well", () => {
    const attempted = (n: number) => aCampaign("attempted", { accounts: { ...before.accounts, attempted: n } });
    let slowly = memory;
    for (const n of [1_000, 2_000, 4_000]) slowly = { ...slowly, noted: notedAfter(attempted(n), slowly, now) };
    expect(growthSince(attempted(4_090), slowly, now)?.text).toContain("10 times the accounts");
  });

  test("is nothing to say of a campaign that is muted or whose incident is closed", () => {
    expect(growthSince(grown, { ...memory, mute: { ...mute, until: later(now, days(1)) } }, now)).toBeNull();
    const closed = { at: now, classification: "FalsePositive", owner: "", told: told(before), named: [] } as const;
    expect(growthSince(grown, { ...memory, closed }, now)).toBeNull();
  });
});

describe("after an analyst has closed the incident", () => {
  const before = aCampaign("attempted");
  const closing: AtClosing = {
    closed: { at: now },
    told: told(before),
    named: ["root@contoso.example"],
    lastAttempt: before.last,
  };
  const reason = (change: Partial<Campaign>, named: readonly string[] = ["root@contoso.example"]): string =>
    reopening(aCampaign("attempted", change), closing, named);

  test("more of the same opens nothing", () => {
    expect(reason({ attempts: 9_999, last: later(now, days(1)) })).toBe("");
  });

  test.each<[string, Partial<Campaign>, (readonly string[])?]>([
    ["new proof", { accounts: { ...before.accounts, known: [anAccount("eve@contoso.example")] } }],
    ["a privileged account newly attempted", {}, ["root@contoso.example", "admin@contoso.example"]],
    ["twice the accounts", { accounts: { ...before.accounts, attempted: 818 } }],
    ["activity after seven quiet days", { last: later(before.last, days(8)) }],
  ])("%s opens a new one", (expected, change, named) => {
    expect(reason(change, named)).toContain(expected);
  });

  const harmless = { classification: "FalsePositive", owner: "ada@contoso.example" } as const;
  const excludable = { shortName: before.shortName, addresses: ["192.0.2.7", "2001:db8::7"], accounts: ["a1", "a2"] };

  test("an incident that was harmless offers its exclusion, ready to paste, with owner and end", () => {
    const offer = exclusionOffer(excludable, harmless, now);
    expect(offer).not.toContain("\n");
    expect(exclusionSchema.parse(parse(offer)[0])).toMatchObject({
      name: before.shortName,
      owner: "ada@contoso.example",
      until: at("2027-02-19T00:00:00Z"),
      addresses: excludable.addresses,
      accounts: ["a1", "a2"],
    });
    expect(exclusionOffer(excludable, { ...harmless, classification: "TruePositive" }, now)).toBe("");
  });

  test("an exclusion holds no name that somebody made up to be pasted", () => {
    const accounts = ["a1", 'x"}, {name: all, addresses: [0.0.0.0/0', "x\ny"];
    const [offered, ...more] = parse(exclusionOffer({ ...excludable, accounts }, harmless, now));
    expect([offered.accounts, more]).toEqual([["a1"], []]);
    expect(exclusionOffer({ ...excludable, addresses: ["*"] }, harmless, now)).toBe("");
  });
});

test("lock-outs are counted by account in the worst half hour", () => {
  const lock = (account: number, afterSeconds: number) => ({
    account: String(account),
    at: later(ATTACK_BEGAN, seconds(afterSeconds)),
  });
  const slow = Array.from({ length: 40 }, (_, n) => lock(n, n * 200));
  expect(worstHalfHour(slow)).toBe(10);
  expect(worstHalfHour([...slow, ...slow])).toBe(10);
  expect(worstHalfHour([])).toBe(0);
});
