// parse_xml: the table of its page, and what its page leaves open.
import { expect, test } from "vitest";
import { cellOf, refusalOf } from "../ask.ts";

const parsed = (xml: string): Promise<unknown> => cellOf(`tostring(parse_xml(@'${xml}'))`);

test.each([
  ["<e/>", { e: null }],
  ["<e>text</e>", { e: "text" }],
  ['<e name="value" />', { e: { "@name": "value" } }],
  ['<e name="value">text</e>', { e: { "@name": "value", "#text": "text" } }],
  ["<e> <a>text</a> <b>text</b> </e>", { e: { a: "text", b: "text" } }],
  ["<e> <a>text</a> <a>text</a> </e>", { e: { a: ["text", "text"] } }],
  ["<e> text <a>text</a> </e>", { e: { "#text": "text", a: "text" } }],
])("the page's %s", async (xml, expected) => expect(JSON.parse(String(await parsed(xml)))).toEqual(expected));

test("the data of an event", async () => {
  const xml = `<?xml version="1.0"?><!-- from a log -->
    <Event xmlns="http://contoso.example/events"><Data Name="User">a&amp;b</Data><Data Name="Note"></Data>
    <Data Name="Site">Z&#xfc;rich</Data></Event>`;
  const names = `parse_xml(@'${xml.replaceAll("\n", "")}').Event.Data`;
  expect(await cellOf(`strcat(${names}[0]['#text'], ' ', ${names}[1]['@Name'], ' ', ${names}[2]['#text'])`)).toBe(
    "a&b Note Zürich",
  );
});

test.each([
  "",
  "text",
  "<a>",
  "<a></b>",
  "<a/><b/>",
  "<a b='x' b='y'/>",
  "<a>&nbsp;</a>",
  "<a b=c/>",
  "<1/>",
  "<a>b</a> c",
])("%s is no XML, and null", async (xml) => expect(await cellOf(`parse_xml("${xml}")`)).toBeNull());

test("a text of more than a megabyte is null", async () => {
  expect(await cellOf("parse_xml(strcat('<a>', strrep('x', 1024, '-'), '</a>')).a == ''")).toBe(false);
  const kql = "strcat('<a>', strrep(strrep('0123456789', 1024), 103), '</a>')";
  expect(await cellOf(`isnull(parse_xml(${kql}))`)).toBe(true);
});

test.each([
  "<value>118.0</value>",
  "<a on='true'/>",
  "<a></a>",
  "<a> text </a>",
  "<a>x<b/>y</a>",
  "<a><![CDATA[x]]></a>",
  "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
])("what becomes of %s is left open, so it is refused", async (xml) =>
  expect(await refusalOf(`print parse_xml("${xml}")`)).toContain("KQL_UNSUPPORTED 1:7 the page of parse_xml"),
);

test("no text is read for long, however it is put together", async () => {
  const started = process.cpuUsage();
  for (const piece of ["<a>", "<!--", "<? ", "&", "<a b='c' ", "' '"])
    await cellOf(`isnull(parse_xml(strrep(strrep("${piece}", 100), 1000)))`).catch(() => undefined);
  expect(process.cpuUsage(started).user).toBeLessThan(5_000_000);
});
