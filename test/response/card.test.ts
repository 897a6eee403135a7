import { describe, expect, test } from "vitest";
import type { Card } from "../../src/ports.ts";
import { CARD_BUDGET, cardOf, sizeOf } from "../../src/response/card.ts";
import { instant, minutes } from "../../src/time.ts";
import { rendererFaults, schemaFaults } from "./check-card.ts";
import { ATTACK_BEGAN, aCampaign, aContext, anAccount, aSource, everyTelling } from "./examples.ts";

/** Everything that can be read on a card, in the order in which it stands there. */
function wordsOn(value: unknown, key = ""): string {
  if (typeof value === "string") return ["text", "title", "value"].includes(key) ? `${value}\n` : "";
  if (value === null || typeof value !== "object") return "";
  return Object.entries(value)
    .map(([inner, child]) => wordsOn(child, Array.isArray(value) ? key : inner))
    .join("");
}

const actionTitles = (card: Card): readonly unknown[] =>
  Array.isArray(card.actions) ? card.actions.map((action: { title: unknown }) => action.title) : [];

test.each(everyTelling.map(({ name, telling, context }) => [name, cardOf(telling, context)] as const))(
  "the card %s is valid, fits, and is read by the official renderer without a warning",
  (_, card) => {
    expect(schemaFaults(card)).toEqual([]);
    expect(rendererFaults(card)).toEqual([]);
    expect(sizeOf(card)).toBeLessThanOrEqual(CARD_BUDGET);
    expect(card).toMatchObject({ version: "1.5", lang: "en", msteams: { width: "Full" } });
    expect(card.speak).not.toBe("");
  },
);

describe("the card of a new campaign", () => {
  const card = cardOf({ kind: "opened", campaign: aCampaign("entered") }, aContext());
  const read = wordsOn(card);

  test("says first how bad it is and how many, in words", () => {
    expect(read.split("\n").slice(0, 2)).toEqual([
      "🚨 Entered: somebody got in with a right password",
      "2 got in, 1 known but stopped, 409 attempted",
    ]);
    expect(card.speak).toBe(
      "Entered: somebody got in with a right password: 2 got in, 1 known but stopped, 409 attempted. single-factor spray, amber-otter",
    );
  });

  test("names the proven accounts before everything that can be counted", () => {
    expect(read.indexOf("ada.lovelace@contoso.example")).toBeLessThan(read.indexOf("Addresses"));
    expect(read).toContain("adm-grace@contoso.example\n 👑 privileged");
  });

  test("says what was set aside and what was not done, with the reason", () => {
    expect(read).toContain("271 attempts by 2 exclusions");
    expect(read).toContain("revoke sessions of 1 account: a privileged account is never touched automatically");
  });

  test("leads to the incident and to the sign-ins", () => {
    expect(actionTitles(card)).toEqual(["Open the incident", "Open the sign-ins", "Details"]);
  });

  test("has no button into a portal where no workspace is known", () => {
    const offline = cardOf(
      { kind: "opened", campaign: aCampaign("entered") },
      aContext({ links: null, incidentUrl: null }),
    );
    expect(actionTitles(offline)).toEqual(["Details"]);
  });

  test("tells four hundred accounts that were left alone for one reason as one thing", () => {
    const { telling, context } = everyTelling.find(({ name }) => name === "opened-attempted")!;
    expect(wordsOn(cardOf(telling, context))).toContain(
      "409 accounts left alone: nothing proves that the password is known",
    );
    expect(wordsOn(cardOf(telling, context))).not.toContain("user17@contoso.example");
  });
});

test("an incomplete answer is said to be incomplete", () => {
  const campaign = aCampaign("attempted");
  const partial = { ...campaign, assessment: { ...campaign.assessment, whole: false } };
  expect(wordsOn(cardOf({ kind: "opened", campaign: partial }, aContext()))).toContain(
    "it may be worse than this says",
  );
  expect(wordsOn(cardOf({ kind: "opened", campaign }, aContext()))).not.toContain("it may be worse");
});

test("while the stop switch is on, each card says so", () => {
  for (const { telling, context } of everyTelling) {
    if (telling.kind === "plain") continue;
    expect(wordsOn(cardOf(telling, { ...context, stopped: true }))).toContain("The stop switch is on");
  }
});

describe("a decision that is asked for", () => {
  const { telling, context } = everyTelling.find(({ name }) => name === "approval")!;
  const card = cardOf(telling, context);

  test("is the first button, and the page is its only address", () => {
    expect(actionTitles(card)[0]).toBe("Review and decide");
    expect(JSON.stringify(card).split("/api/approve/")).toHaveLength(2);
  });

  test("says until when, what the employee notices, and that revoking does not contain", () => {
    expect(wordsOn(card)).toContain("Decide before 2026-11-21 08:10 UTC");
    expect(wordsOn(card)).toContain("The employees have to sign in again on every device");
    expect(wordsOn(card)).toContain("does not contain");
  });

  test("does not warn that the password still works where the account is disabled too", () => {
    const both = cardOf(
      {
        kind: "approval",
        campaign: aCampaign("entered"),
        proposals: [{ account: anAccount("ada@contoso.example"), actions: ["disableAccount", "revokeSessions"] }],
        page: "https://hunt-responder.example/api/approve/x",
        expires: instant(ATTACK_BEGAN + minutes(240)),
        reminder: true,
      },
      aContext(),
    );
    expect(wordsOn(both)).not.toContain("does not contain");
    expect(wordsOn(both)).toContain("disable sign-in, then revoke sessions");
    expect(wordsOn(both)).toContain("Decision still open");
  });
});

test("what failed stands before what was done, with what to do about it", () => {
  const { telling, context } = everyTelling.find(({ name }) => name === "done")!;
  const read = wordsOn(cardOf(telling, context));
  expect(read).toContain("1 account signed out everywhere, 1 step not done");
  expect(read.indexOf("could not revoke sessions")).toBeLessThan(read.indexOf("sessions revoked"));
  expect(read).toContain("Revoke the sessions by hand");
});

test.each(everyTelling)("a smaller budget is kept too: $name", ({ telling, context }) => {
  const card = cardOf(telling, { ...context, cardBudget: 4_096 });
  expect(sizeOf(card)).toBeLessThanOrEqual(4_096);
  expect(schemaFaults(card)).toEqual([]);
});

test("five thousand accounts from two thousand addresses fit, proven accounts and all, and the card says what it leaves out", () => {
  const agent = "Mozilla/5.0 (compatible; a user agent that is far too long) ".repeat(6);
  const proven = Array.from({ length: 300 }, (_, at) =>
    anAccount(`${"long.name".repeat(8)}${at}@contoso.example`, { because: "why ".repeat(200) }),
  );
  const campaign = aCampaign("entered", {
    accounts: { attempted: 5_000, unknown: 40, wrong: 4_360, ambiguous: 0, entered: proven, known: proven },
    accountNames: Array.from({ length: 5_000 }, (_, at) => `user${at}@contoso.example`),
    sources: Array.from({ length: 2_000 }, (_, at) => aSource(`203.0.${at >> 8}.${at & 255}`)),
    userAgents: Array.from({ length: 500 }, (_, at) => `${agent}${at}`),
    applications: Array.from({ length: 500 }, (_, at) => `Application ${at}`),
    countries: Array.from({ length: 150 }, (_, at) => `C${at}`),
    timeline: Array.from({ length: 5_000 }, (_, at) => at % 17),
  });
  const heldBack = Array.from({ length: 4_000 }, (_, at) => ({
    kind: "revokeSessions",
    target: `user${at}@contoso.example`,
    reason: `its own long reason, number ${at}, ${"again ".repeat(50)}`,
  }));
  const setAside = Array.from({ length: 60 }, (_, at) => ({
    exclusion: `x-${at}`,
    because: "because ".repeat(60),
    attempts: at,
  }));
  const card = cardOf({ kind: "opened", campaign }, aContext({ heldBack, setAside }));
  expect(sizeOf(card)).toBeLessThanOrEqual(CARD_BUDGET);
  expect(schemaFaults(card)).toEqual([]);
  const read = wordsOn(card);
  expect(read).toContain("Got in (300)");
  expect(read).toMatch(/and 2\d\d more/);
  expect(read).toContain("Shortened to fit: clients");
  expect(actionTitles(card)).toContain("Open the sign-ins");
});
