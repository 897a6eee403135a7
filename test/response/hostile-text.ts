// Texts that an attacker would put into a user name, a display name or a user agent.
import fc from "fast-check";

const NASTY = [
  "[click](https://evil.example)",
  "![](https://evil.example/pixel.png)",
  "**bold** _em_ ~~gone~~ `code`",
  "<at>Everyone</at>",
  '<script>alert("x")</script>',
  "&lt;b&gt;&#60;img src=x onerror=alert(1)&#62;",
  "</td></tr></table>",
  "| a | b |\n| --- | --- |",
  "# heading\n- list\n1. list\n> quote",
  "```\ncode\n```",
  "{{DATE(2026-11-21T03:10:00Z, SHORT)}}",
  "$(payload) %n %s",
  "\u202e\u2066txt.exe\u2069",
  "\u200b\u200c\u200d\ufeff\u00ad",
  "\u{e0041}\u{e0042}",
  "\u001b[31mred\u001b[0m\u001b]8;;https://evil.example\u0007link",
  "\r\n\u2028\u2029\u0085",
  '"; drop table SigninLogs; "',
  "e\u0301\u0323\u0330\u0359\u035a",
  "شركة@contoso.example",
  "管理者😀👩‍👩‍👧",
  "\ud800",
  "a".repeat(300),
  "\\_\\*\\[",
  "tel:+15550100 mailto:x@evil.example www.evil.example",
];

/** Half surrogates too. Faster than the library's own unit of this kind, which lays out a table of all of them. */
const anyCodePoint = fc.nat({ max: 0x10ffff }).map((n) => String.fromCodePoint(n));

export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...NASTY),
      fc.string({ unit: anyCodePoint, maxLength: 40 }),
      fc.string({ unit: "grapheme", maxLength: 40 }),
      fc.string({ maxLength: 40 }),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => parts.join(""))
  .filter((text) => text !== "");
