// Paths, command lines, versions and sizes: what the pages tell is answered, what they do not is refused.
import { expect, test } from "vitest";
import { cellOf, refusalOf } from "../ask.ts";

test.each([
  [String.raw`@'C:\Windows\System32\cmd.exe'`, "C:|C:\\Windows\\System32|System32|cmd.exe|exe|"],
  ["'/etc/passwd'", "|/etc|etc|passwd||"],
  ["'notepad.exe'", "|||notepad.exe|exe|"],
  [String.raw`@'C:\temp\a.txt:hidden.ps1'`, "C:|C:\\temp|temp|a.txt|txt|hidden.ps1"],
])("the parts of the path %s", async (path, parts) => {
  const names = ["RootPath", "DirectoryPath", "DirectoryName", "Filename", "Extension", "AlternateDataStreamName"];
  const found = (await cellOf(`parse_path(${path})`)) as Record<string, string>;
  expect(names.map((name) => found[name]).join("|")).toBe(parts);
});

test.each([
  ["''"],
  ["'/bin'"],
  [String.raw`@'C:\pagefile.sys'`],
  [String.raw`@'C:\Windows\'`],
  [String.raw`@'\\?\C:\temp\a.txt'`],
  ["'https://contoso.example/a/b.txt'"],
  ["'~/.profile'"],
])("the path %s is refused, for the page shows none like it", async (path) =>
  expect(await refusalOf(`print parse_path(${path})`)).toContain("KQL_UNSUPPORTED 1:7 what this path gives"),
);

test.each([
  [String.raw`@'"C:\Program Files\a.exe" -x "a b\"c" d\\e'`, ["C:\\Program Files\\a.exe", "-x", 'a b"c', "d\\\\e"]],
  [String.raw`@'run \\"f g\\" "" '`, ["run", "\\f g\\", ""]],
  ["' run now'", ["", "run", "now"]],
])("the command line %s is cut as Windows cuts it", async (line, expected) =>
  expect(await cellOf(`parse_command_line(${line}, 'windows')`)).toEqual(expected),
);

test.each([
  [`parse_command_line('run "a""b"', 'windows')`, "what this command line gives"],
  ["parse_command_line('', 'windows')", "what this command line gives"],
  ["parse_command_line('run', 'linux')", "the parser must be 'windows'"],
  ["parse_version('10000.1')", "a version above 9999"],
  ["format_bytes(1024, 1)", "what this size gives"],
  ["format_bytes(1536)", "what this size gives"],
  ["format_bytes(-1)", "what this size gives"],
  ["regex_quote('a-b')", "whether the service quotes this character"],
])("%s is refused", async (expression, why) => expect(await refusalOf(`print ${expression}`)).toContain(why));

test.each([
  ["parse_version('1..2')", null],
  ["parse_version('1.2.3.4.5')", null],
  ["parse_version('123456789')", null],
  ["parse_version('10.0') > parse_version('9.99999999.9.9')", true],
  ["format_bytes(1500, 2)", "1.46 KB"],
  ["format_bytes(long(null))", ""],
  ["format_bytes(3298534883328)", "3 TB"],
  [String.raw`'1+1 = a\b' matches regex strcat('^', regex_quote('1+1'))`, true],
])("%s", async (expression, expected) => {
  const answer = await cellOf(expression).catch((error: Error) => error.message);
  expect(answer).toEqual(expected);
});
