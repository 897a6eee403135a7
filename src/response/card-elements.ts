// The few elements of Adaptive Cards 1.5 that ours are made of.
//
// Texts from logs go into TextRuns only: a TextRun is never read as Markdown. Text is never coloured, because Teams' own
// "good", "warning" and "attention" are illegible on some of its backgrounds; meaning is in words, and in the style of a
// container, whose text Teams keeps readable.
import { safeText } from "./safe-text.ts";

export type Element = Readonly<Record<string, unknown>>;
export type Style = "default" | "emphasis" | "accent" | "good" | "warning" | "attention";

interface Look {
  readonly size?: "Small" | "Medium" | "Large";
  readonly bold?: boolean;
  readonly subtle?: boolean;
  readonly spacing?: "None" | "Small" | "Medium" | "Large";
  readonly monospace?: boolean;
}

const lookOf = (look: Look): Element => ({
  ...(look.size === undefined ? {} : { size: look.size }),
  ...(look.bold ? { weight: "Bolder" } : {}),
  ...(look.subtle ? { isSubtle: true } : {}),
  ...(look.monospace ? { fontType: "Monospace" } : {}),
});
const spacingOf = (look: Look): Element => (look.spacing === undefined ? {} : { spacing: look.spacing });

/** Our own words and numbers. */
export const text = (value: string, look: Look = {}): Element => ({
  type: "TextBlock",
  text: safeText.card(value, 400),
  wrap: true,
  ...lookOf(look),
  ...spacingOf(look),
});

/** A heading for screen readers as well as for the eye. */
export const heading = (value: string, look: Look = {}): Element => ({
  ...text(value, { bold: true, size: "Medium", ...look }),
  style: "heading",
});

export interface Run extends Look {
  readonly text: string;
  /** In characters. */
  readonly limit?: number;
}

/** A paragraph of texts from anywhere. */
export const paragraph = (runs: readonly (Run | string)[], look: Look = {}): Element => ({
  type: "RichTextBlock",
  inlines: runs.map((run) => {
    const { text: value, limit, ...own } = typeof run === "string" ? { text: run } : run;
    return { type: "TextRun", text: spaced(value, limit), ...lookOf({ ...look, ...own }) };
  }),
  ...spacingOf(look),
});

/** A line to be copied as it is: its writer vouches for every character, because nothing is replaced in it. */
export const codeLine = (line: string): Element => ({
  type: "RichTextBlock",
  inlines: [{ type: "TextRun", text: line, ...lookOf({ monospace: true, size: "Small" }) }],
  spacing: "Small",
});

// Runs follow each other without a space, so the edges of each are kept.
function spaced(value: string, limit: number | undefined): string {
  const before = value.startsWith(" ") ? " " : "";
  const after = value.length > 1 && value.endsWith(" ") ? " " : "";
  return before + safeText.card(value, limit ?? 400) + after;
}

/** Names and values; what has no value is left out, and without any there is no element. */
export function facts(rows: readonly (readonly [string, string])[]): readonly Element[] {
  const filled = rows.filter(([, value]) => value !== "");
  if (filled.length === 0) return [];
  return [
    {
      type: "FactSet",
      facts: filled.map(([title, value]) => ({ title: safeText.card(title, 40), value: safeText.card(value, 300) })),
    },
  ];
}

export const container = (items: readonly Element[], more: Element = {}): Element => ({
  type: "Container",
  items,
  ...more,
});

/** A band from edge to edge. */
export const band = (style: Style, items: readonly Element[]): Element => container(items, { style, bleed: true });

export const openUrl = (title: string, url: string, primary = false): Element => ({
  type: "Action.OpenUrl",
  title,
  url,
  ...(primary ? { style: "positive" } : {}),
});

export const toggle = (title: string, id: string): Element => ({
  type: "Action.ToggleVisibility",
  title,
  targetElements: [id],
});
