// The commands as somebody types them: what they print, where, and their exit status.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportsSchema } from "../src/report.ts";
import { runCommand as run } from "./run-command.ts";
import { each, sprayFailure, userId, userName } from "./sign-in-rows.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cli-of-a-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const inFolder = (...names: readonly string[]): string => join(folder, ...names);
async function write(name: string, text: string): Promise<string> {
  await writeFile(inFolder(name), text);
  return inFolder(name);
}

describe("npm run hunt", () => {
  test("with --json prints one document and nothing else; a missing table fails one hunt and not the other", async () => {
    await mkdir(inFolder("logs"));
    const rows = each(35, (n) => sprayFailure(`2026-11-20T13:00:${String(n).padStart(2, "0")}Z`, n));
    const lines = rows.map((row) => JSON.stringify(row));
    await write("logs/AADNonInteractiveUserSignInLogs.ndjson", `${[...lines, '{"broken":'].join("\n")}\n`);

    const { status, out, err } = await run("hunt", "--logs", inFolder("logs"), "--out", inFolder("out"), "--json");

    expect(err).toBe("");
    const { reports } = reportsSchema.parse(JSON.parse(out));
    const [portal, spray] = reports;
    expect(status).toBe(1);
    expect(portal).toMatchObject({ whole: false, problem: { code: "MissingTable" }, rows: [], findings: [] });
    expect(spray?.findings).toMatchObject([
      { group: { kind: "code", value: "50126" }, measured: [{ value: 35, threshold: 30 }] },
    ]);
    expect(spray?.whole).toBe(false);
    expect(spray?.warnings.join("\n")).toMatch(/AADNonInteractiveUserSignInLogs\.ndjson.*36/s);
    expect(spray?.window.from).toBe("2026-11-20T13:00:00.000Z");

    const [campaign] = spray?.campaigns ?? [];
    const [incidentFile] = await readdir(inFolder("out", "incidents"));
    expect(JSON.parse(await readFile(inFolder("out", "incidents", incidentFile ?? ""), "utf8"))).toEqual(
      campaign?.incident,
    );
    const [cardFile] = await readdir(inFolder("out", "cards"));
    expect(JSON.parse(await readFile(inFolder("out", "cards", cardFile ?? ""), "utf8"))).toEqual(campaign?.card);
    const [listFile] = await readdir(inFolder("out", "campaigns"));
    expect(
      JSON.parse(await readFile(inFolder("out", "campaigns", listFile ?? ""), "utf8")).entities.accounts,
    ).toHaveLength(35);
  });

  test("over a folder with a directory, only who holds a role counts as privileged", async () => {
    await mkdir(inFolder("directed"));
    const rows = each(35, (n) => sprayFailure(`2026-11-20T13:00:${String(n).padStart(2, "0")}Z`, n));
    // The second factor stopped two right passwords.
    const right = [3, 4].map((n) => sprayFailure("2026-11-20T13:05:00Z", n, { ResultType: "50076" }));
    const lines = [...rows, ...right].map((row) => JSON.stringify(row));
    await write("directed/AADNonInteractiveUserSignInLogs.ndjson", `${lines.join("\n")}\n`);
    await write(
      "directed/directory.yaml",
      `others: hold no role\naccounts:\n  - id: ${userId(4)}\n    roles: [Global Administrator]\n`,
    );
    const asked = ["hunt", "single-factor-spray", "--logs", inFolder("directed"), "--out", inFolder("out-directed")];
    const told = async () => {
      const { reports } = reportsSchema.parse(JSON.parse((await run(...asked, "--json")).out));
      const known = reports[0]?.campaigns[0]?.accounts.known ?? [];
      return known.map(({ name, privileged }) => [name, privileged]).toSorted();
    };
    expect(await told()).toEqual([
      [userName(3), false],
      [userName(4), true],
    ]);
  });

  test("wrong use is status 2 and told where errors are told, with what to do", async () => {
    const { status, err, out } = await run("hunt", "--frmo", "2026-11-20");
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(err).toContain("Unknown option '--frmo'");
    expect(err).toContain("npm run hunt -- --help");
  });
});

describe("npm run kql", () => {
  test("answers a batch line by line in one process, each fault as its line's answer", async () => {
    const cases = await write(
      "cases.ndjson",
      [
        '{"id":"one","kql":"print n = 1, s = \\"a\\", t = datetime(2026-11-20), d = dynamic([1])"}',
        '{"id":"two","kql":"SigninLogs\\n| where Nope == 1"}',
        "not json",
        '{"id":"three","kql":"SigninLogs | count"}',
      ].join("\n"),
    );
    const { status, out } = await run("kql", "--batch", cases);
    const answers = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(status).toBe(0);
    expect(answers[0]).toEqual({
      id: "one",
      columns: [
        { name: "n", type: "long" },
        { name: "s", type: "string" },
        { name: "t", type: "datetime" },
        { name: "d", type: "dynamic" },
      ],
      rows: [[1, "a", "2026-11-20T00:00:00.0000000Z", [1]]],
    });
    expect(answers[1]).toMatchObject({ id: "two", error: { code: "KS142", line: 2, column: 9 } });
    expect(answers[2]).toMatchObject({ id: null, error: { code: "BAD_LINE" } });
    expect(answers[3]).toMatchObject({ id: "three", rows: [[0]] });
  });
});

describe("npm run hunts:check", () => {
  test("says of each file what can be done with it, and fails if one cannot be read or bound", async () => {
    await mkdir(inFolder("rules"));
    const rule = (name: string, query: string) =>
      write(`rules/${name}.yaml`, `id: ${name}\nname: ${name}\nquery: |\n  ${query}\n`);
    await rule("good", "SigninLogs | where TimeGenerated > ago(1d)");
    await rule("refused", "externaldata(a: string) [@'https://contoso.example/x.csv']");
    await rule("unbound", "SigninLogs | where Nope == 1");
    await write("rules/broken.yaml", "id: [\n");
    const { status, out } = await run("hunts:check", inFolder("rules"), "--json");
    const { files } = JSON.parse(out);
    expect(status).toBe(1);
    expect(files).toMatchObject([
      { readable: false },
      { name: "good", binds: true, past: false, exclusions: "", runsHere: true },
      { name: "refused", binds: true, runsHere: false },
      { name: "unbound", binds: false, faults: [expect.stringMatching(/unbound\.yaml:4:\d+: KS142/)] },
    ]);
  });
});
