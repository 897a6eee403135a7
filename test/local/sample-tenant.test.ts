import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generateSampleTenant, type SampleTenant } from "../../src/local/sample-tenant/generate-sample-tenant.ts";
import type { TableName } from "../../src/local/sample-tenant/sign-in.ts";
import type { Scene } from "../../src/local/sample-tenant/story.ts";
import { writeInThread } from "../../src/local/sample-tenant/write-in-thread.ts";
import { type WrittenTenant, writeSampleTenant } from "../../src/local/sample-tenant/write-sample-tenant.ts";
import type { Cell, Row } from "../../src/ports.ts";
import { days, earlier, HOUR, instant, iso, MINUTE, parseInstant } from "../../src/time.ts";
import { soaking } from "../soak.ts";

const at = (moment: string) => {
  const read = parseInstant(moment);
  if (read === undefined) throw new Error(moment);
  return read;
};
const to = at("2026-11-21T18:00:07.250Z");
const TABLES: readonly TableName[] = ["SigninLogs", "AADNonInteractiveUserSignInLogs"];

// Types of the columns as Log Analytics documents them; every other column that the rows have is a string. Source:
// https://learn.microsoft.com/azure/azure-monitor/reference/tables/signinlogs and …/aadnoninteractiveusersigninlogs
const DATETIMES = ["TimeGenerated", "CreatedDateTime"];
const BOOLEANS = ["IsInteractive"];
const DYNAMIC_WHEN_INTERACTIVE = ["Status", "DeviceDetail", "LocationDetails", "ConditionalAccessPolicies"];
const STRINGS =
  "Id CorrelationId OriginalRequestId SessionId AuthenticationDetails ResultType ResultDescription ConditionalAccessStatus UserId UserPrincipalName UserDisplayName UserType HomeTenantId CrossTenantAccessType AppDisplayName AppId ResourceDisplayName ResourceIdentity ClientAppUsed AuthenticationProtocol AuthenticationProcessingDetails UserAgent IncomingTokenType AuthenticationRequirement RiskLevelDuringSignIn RiskState RiskEventTypes_V2 IPAddress AutonomousSystemNumber Location Type Category".split(
    " ",
  );
const KINDS: ReadonlyMap<string, string> = new Map([
  ...DATETIMES.map((name) => [name, "datetime"] as const),
  ...BOOLEANS.map((name) => [name, "boolean"] as const),
  ...DYNAMIC_WHEN_INTERACTIVE.map((name) => [name, "dynamic"] as const),
  ...STRINGS.map((name) => [name, "string"] as const),
]);

const tenant: SampleTenant = generateSampleTenant({ to });
/** Whole, but of the many that are not interactive only the last days are kept. */
const rows: Record<TableName, Row[]> = { SigninLogs: [], AADNonInteractiveUserSignInLogs: [] };
const counted: Record<TableName, number> = { SigninLogs: 0, AADNonInteractiveUserSignInLogs: 0 };
const KEPT_FROM = iso(earlier(to, days(4)));
// Fewer days are enough to compare files.
const FEW = 8;
let folder: string;
let written: WrittenTenant;

beforeAll(async () => {
  for (const table of TABLES) {
    for (const row of tenant.tables[table]) {
      counted[table] += 1;
      if (table === "SigninLogs" || String(row.TimeGenerated) >= KEPT_FROM) rows[table].push(row);
    }
  }
  folder = await mkdtemp(join(tmpdir(), "sample-tenant-"));
  written = await writeSampleTenant(folder, { to, days: FEW });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const scene = (name: string): Scene => {
  const found = tenant.story.scenes.find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no scene ${name}.`);
  return found;
};
const column = (name: string) => (row: Row) => String(row[name]);
const distinct = (list: readonly Row[], name: string): number => new Set(list.map(column(name))).size;
const both = (): Row[] => TABLES.flatMap((table) => rows[table]);

interface Step {
  readonly authenticationMethod: string;
  readonly succeeded: boolean;
  readonly authenticationStepResultDetail: string;
}
const steps = (row: Row): Step[] => JSON.parse(String(row.AuthenticationDetails)) as Step[];
const passwordWasRight = (row: Row): boolean =>
  steps(row).some((step) => step.authenticationMethod === "Password" && step.succeeded);

async function digest(file: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}

describe("The written tenant", () => {
  test("a fixed end gives the same bytes, from a thread of its own as well", async () => {
    const again = await mkdtemp(join(tmpdir(), "sample-tenant-"));
    try {
      const second = await writeInThread(again, { to, days: FEW });
      expect(second.story).toEqual(written.story);
      for (const table of TABLES) {
        expect(await digest(second.tables[table].file)).toBe(await digest(written.tables[table].file));
      }
    } finally {
      await rm(again, { recursive: true });
    }
  });

  test("a thread that cannot write says why", async () => {
    await expect(writeInThread(join(written.tables.SigninLogs.file, "below"), { to, days: FEW })).rejects.toThrow(
      "ENOTDIR",
    );
  });

  test.runIf(soaking)(
    "its files hold exactly the rows that are generated, and nothing unfinished lies beside them",
    async () => {
      expect((await readdir(folder)).sort()).toEqual(["AADNonInteractiveUserSignInLogs.ndjson", "SigninLogs.ndjson"]);
      const { tables } = generateSampleTenant({ to, days: FEW });
      for (const table of TABLES) {
        const generated = [...tables[table]];
        const content = await readFile(written.tables[table].file, "utf8");
        const lines = content.trimEnd().split("\n");
        expect(lines.length).toBe(generated.length);
        expect(written.tables[table].rows).toBe(generated.length);
        expect(written.tables[table].bytes).toBe(Buffer.byteLength(content));
        const different = lines.findIndex((line, index) => line !== JSON.stringify(generated[index]));
        expect(different).toBe(-1);
      }
    },
  );

  test("another seed tells the same story of other people", () => {
    const other = generateSampleTenant({ to, seed: 2 }).story;
    expect(other.scenes.map((each) => each.name)).toEqual(tenant.story.scenes.map((each) => each.name));
    expect(other.tenantId).not.toBe(tenant.story.tenantId);
    const attacked = (scenes: readonly Scene[]): string[] => scenes[0]!.accounts.map((account) => account.name).sort();
    expect(attacked(other.scenes)).not.toEqual(attacked(tenant.story.scenes));
  });

  test("a period that is no number of whole days, or too short for the story, is refused", () => {
    for (const days of [0, 7, 8.5, 91]) expect(() => generateSampleTenant({ to, days })).toThrow(RangeError);
    const short = generateSampleTenant({ to, days: 8 }).story.scenes;
    expect(short.filter((each) => each.signIns === 0)).toEqual([]);
  });
});

describe("The rows", () => {
  test("there are about 60,000 of them, lean, most of them not interactive", () => {
    const all = counted.SigninLogs + counted.AADNonInteractiveUserSignInLogs;
    expect(all).toBeGreaterThan(54_000);
    expect(all).toBeLessThan(66_000);
    expect(counted.AADNonInteractiveUserSignInLogs).toBeGreaterThan(counted.SigninLogs * 4);
    const { SigninLogs, AADNonInteractiveUserSignInLogs } = written.tables;
    const bytes = SigninLogs.bytes + AADNonInteractiveUserSignInLogs.bytes;
    expect(bytes / (SigninLogs.rows + AADNonInteractiveUserSignInLogs.rows)).toBeLessThan(1_800);
    expect(distinct(both(), "UserId")).toBeGreaterThan(500);
  });

  test("they come in ascending time and lie inside the window", () => {
    for (const table of TABLES) {
      const times = rows[table].map(column("TimeGenerated"));
      expect(times).toEqual([...times].sort());
      expect(times[0]! >= iso(earlier(to, days(14)))).toBe(true);
      expect(times.at(-1)! < iso(to)).toBe(true);
    }
  });

  test("their columns have the types of the workspace: dynamic in one table, text in the other", () => {
    // The same few texts come back in thousands of rows.
    const known = new Set<Cell | undefined>();
    const isJsonText = (value: Cell | undefined): boolean => {
      if (known.has(value)) return true;
      if (typeof value !== "string" || typeof JSON.parse(value) !== "object") return false;
      known.add(value);
      return true;
    };
    const typeOf = (name: string, value: Cell | undefined, table: TableName): string => {
      const kind = KINDS.get(name);
      if (kind === "datetime")
        return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(String(value)) ? "right" : "no time";
      if (kind === "boolean") return typeof value === "boolean" ? "right" : "no boolean";
      if (kind === "string") return typeof value === "string" ? "right" : "no text";
      if (kind === undefined) return "unknown column";
      if (table === "SigninLogs") return typeof value === "object" && value !== null ? "right" : "not dynamic";
      return isJsonText(value) ? "right" : "no JSON in a text";
    };
    for (const table of TABLES) {
      const wrong = new Set<string>();
      for (const row of rows[table]) {
        for (const [name, value] of Object.entries(row)) {
          const verdict = typeOf(name, value, table);
          if (verdict !== "right") wrong.add(`${name}: ${verdict}`);
        }
      }
      expect([...wrong]).toEqual([]);
      expect(new Set(rows[table].map(column("IsInteractive"))).size).toBe(1);
    }
  });

  test("the code is the same in ResultType and in Status", () => {
    for (const row of rows.SigninLogs.slice(0, 5_000)) {
      expect(String((row.Status as { errorCode: number }).errorCode)).toBe(row.ResultType);
    }
  });

  test("addresses are those kept for documentation, and nobody lives at a domain that exists", () => {
    const addresses = new Set(both().map(column("IPAddress")));
    const strange = [...addresses].filter(
      (address) => !/^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$|^2001:db8:/.test(address),
    );
    expect(strange).toEqual([]);
    const names = new Set(both().map(column("UserPrincipalName")));
    expect([...names].filter((name) => !/@[a-z0-9-]+\.example$/.test(name))).toEqual([]);
  });

  test("one Id is one sign-in, though some take two rows that differ only in policies or steps", () => {
    const byId = new Map<string, Row[]>();
    for (const row of both()) byId.set(String(row.Id), [...(byId.get(String(row.Id)) ?? []), row]);
    const several = [...byId.values()].filter((each) => each.length > 1);
    expect(several.length).toBeGreaterThan(100);
    const differing = new Set(
      several.flatMap(([first, second]) =>
        Object.keys(first!).filter((name) => JSON.stringify(first![name]) !== JSON.stringify(second![name])),
      ),
    );
    expect([...differing].sort()).toEqual(["AuthenticationDetails", "ConditionalAccessPolicies"]);
  });

  test("interrupted sign-ins share their correlation and original request with the success after them", () => {
    const interrupts = rows.SigninLogs.filter(
      (row) => row.ResultType === "50140" || (row.ResultType === "50074" && row.Location !== "NL"),
    );
    expect(interrupts.length).toBeGreaterThan(50);
    const successes = new Map(
      rows.SigninLogs.filter((row) => row.ResultType === "0").map((row) => [row.CorrelationId, row]),
    );
    for (const row of interrupts.filter((each) => String(each.TimeGenerated) < iso(earlier(to, MINUTE)))) {
      const success = successes.get(row.CorrelationId!);
      expect(success).toBeDefined();
      expect(success?.OriginalRequestId).toBe(row.OriginalRequestId);
      expect(String(success?.TimeGenerated) > String(row.TimeGenerated)).toBe(true);
    }
  });
});

describe("The story", () => {
  test("it is about last night, whenever the logs end", () => {
    for (let hour = 0; hour < 24 * 7; hour += 29) {
      const end = instant(to + hour * HOUR);
      const { story } = generateSampleTenant({ to: end, days: 8 });
      for (const each of story.scenes.filter(({ expected }) => expected.kind === "found")) {
        expect(each.window.to).toBeLessThanOrEqual(end);
        expect(each.window.from).toBeGreaterThan(end - 27 * HOUR);
        expect(each.signIns).toBeGreaterThan(100);
      }
    }
  });

  test("every person is known by one object id and one name, and break-glass never signs in", () => {
    const { accounts, breakGlass } = tenant.story;
    expect(new Set(accounts.map((account) => account.id)).size).toBe(accounts.length);
    expect(new Set(accounts.map((account) => account.name)).size).toBe(accounts.length);
    expect(both().some((row) => row.UserId === breakGlass.id)).toBe(false);
  });

  test("the spray's rows prove who got in: two with the right password, from the spray's own addresses", () => {
    const spray = scene("single-factor-spray");
    const theirs = both().filter((row) => spray.addresses.includes(String(row.IPAddress)));
    const proof = theirs.filter(
      (row) =>
        row.ResultType === "0" &&
        row.IncomingTokenType === "none" &&
        (passwordWasRight(row) || row.AuthenticationProtocol === "ropc"),
    );
    const { expected } = spray;
    if (expected.kind !== "found") throw new Error("The spray is to be found.");
    expect(proof.map(column("UserId")).sort()).toEqual(expected.entered.map((account) => account.id).sort());
    expect(proof.map(column("Type")).sort()).toEqual([...TABLES].sort());
    expect(expected.entered.map((account) => account.synchronised).sort()).toEqual([false, true]);
  });

  test("a third is stopped by the second factor with the right password, and that one may reset passwords", () => {
    const spray = scene("single-factor-spray");
    const { expected } = spray;
    if (expected.kind !== "found") throw new Error("The spray is to be found.");
    const stopped = both().filter(
      (row) => spray.addresses.includes(String(row.IPAddress)) && ["50074", "50076"].includes(String(row.ResultType)),
    );
    expect(stopped.map(column("ResultType")).sort()).toEqual(["50074", "50076"]);
    expect(stopped.every(passwordWasRight)).toBe(true);
    expect(stopped.map(column("UserId"))).toEqual(expected.known.flatMap(({ id }) => [id, id]));
    expect(expected.known[0]?.roles).toEqual(["Helpdesk Administrator"]);
  });

  test("nobody had ever signed in from an attacker's address before, and none of those is Microsoft's", () => {
    for (const { addresses, networks, window } of [scene("portal-attack"), scene("single-factor-spray")]) {
      const before = both().filter(
        (row) => addresses.includes(String(row.IPAddress)) && String(row.TimeGenerated) < iso(window.from),
      );
      expect(before).toEqual([]);
      expect(networks.every((network) => network.kind === "hosting" && network.number !== "8075")).toBe(true);
    }
  });

  test("the portal attack mixes wrong passwords, unknown names and locked accounts, and drops the portal's name now and then", () => {
    const attack = scene("portal-attack");
    expect(Object.keys(attack.results).sort()).toEqual(["50034", "50053", "50126"]);
    const theirs = rows.SigninLogs.filter((row) => attack.addresses.includes(String(row.IPAddress)));
    expect(theirs.some((row) => row.AppDisplayName === "")).toBe(true);
    expect(distinct(theirs, "AppId")).toBe(1);
    expect(attack.accounts.map((account) => account.name)).toContain("svc-monitoring@contoso.example");
  });

  test("the quiet crowd is as noisy as it was ordered", () => {
    expect(scene("old-phone").results).toEqual({ "50126": 200 });
    expect(scene("old-phone").accounts.length).toBe(1);
    expect(scene("expired-service").results).toEqual({ "50055": 14 * 24 * 12 });
    expect(scene("one-vpn").accounts.length).toBe(300);
    expect(scene("one-vpn").addresses.length).toBe(1);
    const typos = rows.SigninLogs.filter((row) => row.IPAddress === "203.0.113.10" && row.ResultType === "50126");
    expect(distinct(typos, "UserId")).toBe(40);
    const trained = rows.SigninLogs.filter((row) => row.IPAddress === "203.0.113.10" && row.ResultType === "0");
    const got = new Set(trained.map(column("UserId")));
    expect(new Set(typos.map(column("UserId")).filter((id) => !got.has(id))).size).toBe(4);
    expect(scene("uninvited-guests").results).toEqual({ "50020": scene("uninvited-guests").signIns });
    expect(scene("uninvited-guests").accounts.length).toBe(24);
    expect(scene("password-rotation").accounts.length).toBe(64);
    expect(Object.keys(scene("second-factor-roll-out").results).sort()).toEqual(["0", "50072", "50079"]);
    expect(Object.keys(scene("revoked-sessions").results).sort()).toEqual(["0", "50133", "50173"]);
  });

  test("a mistyper tries once to three times and then gets in from the same address", () => {
    const failed = new Map<string, Row[]>();
    const ids = new Set<string>();
    for (const row of rows.SigninLogs.filter((each) => each.ResultType === "50126")) {
      if (ids.has(String(row.Id))) continue;
      ids.add(String(row.Id));
      failed.set(String(row.CorrelationId), [...(failed.get(String(row.CorrelationId)) ?? []), row]);
    }
    const successes = new Map(
      rows.SigninLogs.filter((row) => row.ResultType === "0").map((row) => [row.CorrelationId, row]),
    );
    const names = new Set(scene("mistyped-passwords").accounts.map((account) => account.id));
    const recovered = [...failed.values()].filter(
      ([first]) => names.has(String(first!.UserId)) && successes.has(first!.CorrelationId!),
    );
    expect(recovered.length).toBeGreaterThan(80);
    expect(new Set(recovered.map((tries) => tries.length))).toEqual(new Set([1, 2, 3]));
    for (const [first] of recovered) expect(successes.get(first!.CorrelationId!)?.IPAddress).toBe(first!.IPAddress);
  });
});
