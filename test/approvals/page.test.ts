import { describe, expect, test } from "vitest";
import { pageOf } from "../../src/approvals/page.ts";
import { pageStyle } from "../../src/approvals/page-style.ts";
import { anApproval, everyPage } from "./page-examples.ts";

const pageNamed = (name: string): string => everyPage.find((each) => each.name === `page-${name}`)?.page.html ?? "";
const buttons = (html: string): readonly string[] =>
  [...html.matchAll(/<button[^>]*>([^<]*)/g)].map(([, text = ""]) => text);

describe("the page that asks", () => {
  test("says on its button what is done to how many, where not the same is done to all", () => {
    expect(buttons(pageNamed("open"))[0]).toBe(
      "Approve: disable sign-in for 2 accounts, then revoke sessions for 3 accounts",
    );
    expect(buttons(pageNamed("open-in-parts"))[0]).toBe(
      "Approve: disable sign-in for 1 account, then revoke sessions for 2 accounts",
    );
  });

  test("says ahead of its buttons what the employees notice, for whom it does not contain, and until when to decide", () => {
    const [ahead = ""] = pageNamed("open").split("<button");
    for (const words of [
      "Decide before 2026-11-21 07:21 UTC.",
      "The employees of 2 accounts cannot sign in until somebody enables the accounts again.",
      "The employee of 1 account has to sign in again on every device",
      "Only revoking, as for 1 account, slows the attacker down and does not contain",
    ]) {
      expect(ahead).toContain(words);
    }
  });

  test("shows each sign-in that proves it: when, from where, to what, with which result, and nothing twice", () => {
    const line = "2026-11-21 03:21 UTC · 203.0.113.7 AS64500 NL · Azure Active Directory PowerShell · 0 success";
    // What was said of the account already is not said again.
    expect(pageNamed("open").split(`<li>${line}</li>`)).toHaveLength(4);
    const [account] = anApproval().parts[0]!.accounts;
    const other = { ...account!, account: { ...account!.account, because: "over ropc" } };
    const approval = { ...anApproval(), parts: [{ accounts: [other], decision: null }] };
    const person = { id: "x", name: "x", verified: true };
    const { html } = pageOf({ kind: "open", approval, person, stopped: false });
    expect(html).toContain(`<li>${line} · password step that succeeded</li>`);
  });

  test("shows no button for a part that has been decided", () => {
    expect(buttons(pageNamed("open-in-parts"))).toHaveLength(2);
    expect(pageNamed("open-in-parts")).toContain("Approved by oncall@contoso.example at 2026-11-21 03:33 UTC.");
  });
});

test("whoever failed to be disabled is not said to need enabling, account by account what became of it", () => {
  const html = pageNamed("carried-out");
  expect(html).toContain("Approved: 3 of 5 steps done");
  expect(html).toMatch(
    /<h3>adm-grace@contoso.example<\/h3><ul><li>Could not disable sign-in\..*?<\/li><li>Sessions revoked\./,
  );
});

test.each(everyPage)(
  "$name has one heading of the first rank, a language, no script and nothing from elsewhere",
  ({ page }) => {
    expect(page.html.match(/<h1>/g)).toHaveLength(1);
    expect(page.html).toContain('<html lang="en">');
    expect(page.html).not.toMatch(/<script|<img|<link|<iframe|https?:|style="|\son\w+=/i);
  },
);

/** WCAG 2.2, 1.4.3, of two colours like #0b5cad. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string): number => {
    const hex =
      colour.length === 4 ? [...colour.slice(1)].map((digit) => digit + digit) : (colour.slice(1).match(/../g) ?? []);
    const [red = 0, green = 0, blue = 0] = hex.map((part) => {
      const share = Number.parseInt(part, 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const themes = [...pageStyle.matchAll(/:root \{([^}]*)\}/g)].map(([, body = ""]) =>
  Object.fromEntries([...body.matchAll(/--([\w-]+): (#\w+)/g)].map(([, name = "", colour = ""]) => [name, colour])),
);
/** Which ink stands on which ground. */
const PAIRS = [
  ["ink", "page"], ["ink", "card"], ["ink", "warn-page"], ["soft", "page"], ["soft", "card"],
  ["accent", "page"], ["accent", "card"], ["accent-ink", "accent"], ["warn", "card"],
] as const; // biome-ignore format: a table is read by its lines

describe.each([
  ["light", 0],
  ["dark", 1],
])("in the %s theme", (_, n) => {
  test.each(PAIRS)("%s on %s has at least 4.5:1", (ink, ground) => {
    expect(contrast(themes[n]?.[ink] ?? "", themes[n]?.[ground] ?? "")).toBeGreaterThanOrEqual(4.5);
  });
});
