// XML as JSON: learn.microsoft.com/kusto/query/parse-xml-function
import type { NativeFunction } from "../functions/registry.ts";

interface Open {
  readonly name: string;
  readonly content: Map<string, unknown>;
  readonly texts: string[];
}

/** The text is no well-formed XML, which gives null. */
class Malformed extends Error {}
/** The page does not say what becomes of this. */
class Undocumented extends Error {}

/** Longer texts give null on the service. */
const LONGEST = 1_048_576;
const DEEPEST = 256;

const NAME = String.raw`[\p{L}_:][\p{L}\p{M}\p{N}_:.\-·]*`;
const SKIPPED = /<\?(?:(?!\?>).)*\?>|<!--(?:(?!--).)*-->/suy;
const OPENING = new RegExp(String.raw`<(${NAME})((?:\s+${NAME}\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(/?)>`, "uy");
const ATTRIBUTE = new RegExp(String.raw`(${NAME})\s*=\s*(?:"([^"]*)"|'([^']*)')`, "gu");
const CLOSING = new RegExp(String.raw`</(${NAME})\s*>`, "uy");
const TEXT = /[^<]+/y;

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", apos: "'", quot: '"' };

function unescaped(text: string): string {
  return text.replace(/&([^;&]*);?/g, (whole, name: string) => {
    const code = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
    const point = code ? Number.parseInt(code[1] ?? code[2] ?? "", code[1] ? 16 : 10) : undefined;
    const found = point !== undefined && point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : ENTITIES[name];
    if (found === undefined || !whole.endsWith(";")) throw new Malformed();
    return found;
  });
}

/** The page shows numbers without quotation marks in one place and says that all is text in another. */
function certain(text: string): string {
  if (/^(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/i.test(text)) throw new Undocumented();
  return text;
}

function attributesOf(written: string): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [, name, double, single] of written.matchAll(ATTRIBUTE)) {
    if (found.has(`@${name}`)) throw new Malformed();
    found.set(`@${name}`, certain(unescaped(double ?? single ?? "")));
  }
  return found;
}

function put(content: Map<string, unknown>, name: string, value: unknown): void {
  const there = content.get(name);
  if (!content.has(name)) content.set(name, value);
  else if (Array.isArray(there)) there.push(value);
  else content.set(name, [there, value]);
}

/** What an element is worth once it has ended; `alone` where it was one tag. */
function worthOf({ content, texts }: Open, alone: boolean): unknown {
  const [text, ...more] = texts.filter((each) => each.trim() !== "");
  if (text === undefined) {
    if (content.size === 0 && !alone) throw new Undocumented();
    return content.size === 0 ? null : content;
  }
  if (more.length > 0) throw new Undocumented();
  const inner = [...content].filter(([name]) => !name.startsWith("@"));
  if (inner.length === 0 && text !== text.trim()) throw new Undocumented();
  const said = certain(unescaped(text.trim()));
  if (content.size === 0) return said;
  const attributes = [...content].filter(([name]) => name.startsWith("@"));
  return new Map([...attributes, ["#text", said], ...inner]);
}

function parsed(xml: string): Map<string, unknown> {
  const document: Open = { name: "", content: new Map(), texts: [] };
  const open: Open[] = [document];
  let at = 0;
  const next = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(xml) ?? undefined;
    if (found) at = pattern.lastIndex;
    return found;
  };
  const end = (element: Open, alone: boolean): void => {
    open.pop();
    put(open.at(-1)?.content ?? document.content, element.name, worthOf(element, alone));
  };
  while (at < xml.length) {
    const inner = open.at(-1) ?? document;
    if (xml.startsWith("<![CDATA[", at) || xml.startsWith("<!DOCTYPE", at)) throw new Undocumented();
    if (next(SKIPPED)) continue;
    const text = next(TEXT)?.[0];
    if (text !== undefined) {
      if (open.length === 1 && text.trim() !== "") throw new Malformed();
      inner.texts.push(text);
      continue;
    }
    const closing = next(CLOSING);
    if (closing) {
      if (open.length === 1 || closing[1] !== inner.name) throw new Malformed();
      end(inner, false);
      continue;
    }
    const opening = next(OPENING);
    if (!opening || (open.length === 1 && document.content.size > 0)) throw new Malformed();
    if (open.length > DEEPEST) throw new Undocumented();
    const element = { name: opening[1] ?? "", content: attributesOf(opening[2] ?? ""), texts: [] };
    open.push(element);
    if (opening[3] === "/") end(element, true);
  }
  if (open.length > 1 || document.content.size === 0) throw new Malformed();
  return document.content;
}

const plain = (_name: string, value: unknown): unknown => (value instanceof Map ? Object.fromEntries(value) : value);

export const UNDOCUMENTED_XML = "?";

export const xmlFunctions: readonly NativeFunction[] = [
  {
    name: "kql_parse_xml",
    arguments: 1,
    run: (xml) => {
      if (xml === null || Buffer.byteLength(xml) > LONGEST) return null;
      try {
        return JSON.stringify(parsed(xml.replace(/^\uFEFF/, "")), plain);
      } catch (error) {
        if (error instanceof Malformed) return null;
        if (error instanceof Undocumented) return UNDOCUMENTED_XML;
        throw error;
      }
    },
  },
];
