import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Engine, openEngine } from "../../src/kql/engine.ts";
import { defineEmptyTables } from "../../src/local/empty-tables.ts";
import { literals } from "../../src/response/campaign-query.ts";
import { tasksOf } from "../../src/response/tasks.ts";
import { aCampaign, aFinding, anAccount, aSource, portal } from "./examples.ts";
import { hostileText } from "./hostile-text.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine({ threads: 1 });
  await defineEmptyTables(engine);
});
afterAll(() => engine.close());

const titles = (...of: Parameters<typeof tasksOf>) => tasksOf(...of).map((task) => task.title);

test("after a proven password the first task is a new one", () => {
  expect(titles(aCampaign("entered"))[0]).toBe("Set a new password under MFA");
  expect(titles(aCampaign("known"))[0]).toBe("Set a new password under MFA");
  expect(titles(aCampaign("attempted"))).not.toContain("Set a new password under MFA");
});

test("what was changed is looked for only where somebody got in", () => {
  expect(titles(aCampaign("entered"))).toContain("Look for what was changed after the attacker got in");
  expect(titles(aCampaign("known"))).not.toContain("Look for what was changed after the attacker got in");
});

test("a spray hands over all seven notes, the portal's sign-ins those that concern them", () => {
  expect(titles(aCampaign("attempted"))).toHaveLength(7);
  expect(titles(aCampaign("attempted", { findings: [aFinding({ hunt: portal })] }))).toHaveLength(4);
});

test("what the evidence has answered is no task any more", () => {
  expect(titles(aCampaign("attempted"), new Set(["codes", "network"]))).toHaveLength(5);
});

test("a task names this campaign's own values", () => {
  const [password] = tasksOf(aCampaign("entered"));
  expect(password?.text).toContain("The password of ada.lovelace@contoso.example, adm-grace@contoso.example");
  const networks = tasksOf(aCampaign("attempted")).find((task) => task.title === "Judge the networks");
  expect(networks?.text).toContain("AS64500 Example Hosting (hosting)");
  expect(networks?.kql).toContain('AutonomousSystemNumber in ("64500", "64501")');
});

describe("every query", () => {
  test.each(tasksOf(aCampaign("entered")).map((task) => [task.title, task.kql] as const))(
    'of the task "%s" runs as it is',
    async (_, kql) => {
      expect(engine.check(kql)).toMatchObject({ diagnostics: [], refusals: [] });
      expect((await engine.query(kql)).rows).toEqual([]);
    },
  );

  test("runs for a campaign without addresses, networks or names", () => {
    const bare = aCampaign("attempted", { sources: [], accountNames: [], findings: [aFinding({ addresses: [] })] });
    for (const { kql } of tasksOf(bare)) expect(engine.check(kql).diagnostics).toEqual([]);
  });

  test("means the same and holds no markup, whatever names it looks for", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileText, { minLength: 40, maxLength: 40 }), async (names) => {
        // A lone surrogate is no character; the service never holds one.
        const texts = names.map((name) => name.toWellFormed());
        for (const text of texts) expect(literals([text])).not.toMatch(/[<>[\]*`|&{}\p{C}]/u);
        const columns = texts.map((text, at) => `C${at} = ${literals([text])}`);
        expect((await engine.query(`print ${columns.join(", ")}`)).rows).toEqual([texts]);
      }),
      { numRuns: 8 },
    );
  });
});

test("a hostile name breaks out of no query", () => {
  fc.assert(
    fc.property(hostileText, hostileText, (name, address) => {
      const campaign = aCampaign("entered", {
        accounts: { ...aCampaign("entered").accounts, entered: [anAccount(name)] },
        accountNames: [name],
        sources: [aSource(address)],
      });
      for (const { kql } of tasksOf(campaign)) expect(engine.check(kql).diagnostics).toEqual([]);
    }),
    { numRuns: 5 },
  );
});
