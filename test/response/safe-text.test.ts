import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columnsOf, cutText, safeText, visibleText } from "../../src/response/safe-text.ts";
import { hostileText } from "./hostile-text.ts";

describe("in a card or an incident", () => {
  test.each([
    ["a link", "[reset here](https://evil.example)", "⟦reset here⟧(https: //evil.example)"],
    ["bold text", "**CONTAINED**", "∗∗CONTAINED∗∗"],
    ["emphasis that would swallow underscores", "_svc_@contoso.example", "＿svc＿@contoso.example"],
    ["a mention", "<at>CISO</at>", "‹at›CISO‹/at›"],
    ["code", "`rm -rf`", "ʼrm -rfʼ"],
    ["a table's cells", "a | b", "a ¦ b"],
    ["an HTML entity", "&#60;script&#62;", "＆#60;script＆#62;"],
    ["a date function", "{{DATE(2026-11-21T03:10:00Z)}}", "{ {DATE(2026-11-21T03:10:00Z)}}"],
    ["a heading", "# Contained", "·# Contained"],
    ["a list", "- done", "·- done"],
    ["a numbered list", "1. done", "·1. done"],
    ["an address that clients make a link", "www.evil.example", "www .evil.example"],
  ])("%s is shown as text", (_, text, shown) => {
    expect(safeText.card(text)).toBe(shown);
    expect(safeText.incident(text)).toBe(shown);
  });

  test.each([
    "ada.lovelace@contoso.example",
    "o'neill+test@contoso.example",
    "svc_backup_01@contoso.example",
    "guest_fabrikam.example#EXT#@contoso.onmicrosoft.com",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36",
    "2001:db8:17::/64",
    "Jürgen Groß",
  ])("%s can be copied as it is", (name) => {
    expect(safeText.card(name)).toBe(name);
    expect(safeText.incident(name)).toBe(name);
  });

  test("letters of a right-to-left script cannot reorder what stands beside them", () => {
    expect(safeText.card("משה@contoso.example")).toBe("\u2068משה@contoso.example\u2069");
  });
});

describe("everywhere", () => {
  test("an override of direction is seen and has no effect", () => {
    expect(visibleText("ada\u202egpj.exe", 40)).toBe("ada�gpj.exe");
  });

  test("a zero-width character is seen: two names that look the same are told apart", () => {
    expect(visibleText("ada\u200b@contoso.example", 40)).toBe("ada�@contoso.example");
  });

  test("line breaks and tabs become spaces", () => {
    expect(visibleText("a\r\n\tb\u2028c", 40)).toBe("a b c");
  });

  test("piled accents are thinned", () => {
    expect([...visibleText(`e${"\u0323".repeat(50)}`, 80)].length).toBeLessThanOrEqual(4);
  });

  test("a name of spaces does not look as if there were none", () => {
    expect(visibleText("   ", 40)).toBe("�");
  });

  test("a long text is cut within its limit and says so", () => {
    const cut = visibleText("x".repeat(5000), 60);
    expect(cut).toHaveLength(60);
    expect(cut.endsWith("…")).toBe(true);
  });

  test("a cut never halves a character", () => {
    expect(cutText("ab😀", 4)).toBe("ab😀");
    expect(cutText("ab😀d", 4)).toBe("ab…");
  });
});

test("HTML holds no tag and no way out of an attribute", () => {
  expect(safeText.html(`"><script>alert('x')</script>`)).toBe(
    "&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;",
  );
});

describe("in a terminal", () => {
  test("a control sequence is text", () => {
    expect(safeText.terminal("\u001b[2Jall clear\u0007", 40)).toBe("�[2Jall clear�");
  });

  test("a wide character takes two columns", () => {
    expect(columnsOf("管理者")).toBe(6);
    expect(safeText.terminal("管理者管理者", 6)).toBe("管理…");
  });
});

test("no generated text is longer than asked, or brings anything that cannot be seen", () => {
  fc.assert(
    fc.property(hostileText, fc.integer({ min: 1, max: 120 }), (text, limit) => {
      const line = visibleText(text, limit);
      expect(line.length).toBeLessThanOrEqual(limit);
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
      expect(columnsOf(safeText.terminal(text, limit))).toBeLessThanOrEqual(limit);
      expect(safeText.html(text, limit)).not.toMatch(/[<>"'`]|&(?!(?:amp|lt|gt|quot|#39|#96);)/);
    }),
    { numRuns: 2_000 },
  );
});
