// The parser with the faster forms of its runtime's functions against the parser as it was delivered.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { constants, createContext, runInContext } from "node:vm";
import { expect, test } from "vitest";
import { loadParser } from "../../src/kql/parser.ts";
import { knownTables } from "../../src/kql/schemas/known-tables.ts";
import { ownHunt } from "../builders.ts";

// biome-ignore lint/suspicious/noExplicitAny: the parser has no types
type Foreign = any;

const require = createRequire(import.meta.url);
const HUNTS = join(import.meta.dirname, "../../src/hunts");

/** Kusto.Language in a world of its own, where nobody has touched the runtime. */
function asDelivered(): Foreign {
  // An ordinary global object: one that reaches into ours makes every name in these scripts slow.
  const world = createContext(constants.DONT_CONTEXTIFY);
  for (const file of ["bridge.min.js", "Kusto.Language.Bridge.min.js"]) {
    runInContext(readFileSync(require.resolve(`@kusto/language-service-next/${file}`), "utf8"), world);
  }
  return world.Kusto.Language;
}

function asUsed(): Foreign {
  loadParser();
  return (globalThis as Foreign).Kusto.Language;
}

function workspace({ Symbols, GlobalState }: Foreign): Foreign {
  const column = ({ name, type }: { name: string; type: string }): Foreign =>
    new Symbols.ColumnSymbol.ctor(name, Symbols.ScalarTypes.GetSymbol(type), null, null, null, null);
  const tables = knownTables
    .filter(({ name }) => name === "SigninLogs" || name === "AADNonInteractiveUserSignInLogs")
    .map(({ name, columns }) => new Symbols.TableSymbol.$ctor4(name, columns.map(column)));
  return GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor("workspace", tables)).WithCache();
}

/** Every node with its place and the type that it is bound to, and everything that the binder complains of. */
function told(language: Foreign, state: Foreign, kql: string): string {
  const code = language.KustoCode.ParseAndAnalyze(kql, state);
  const lines: string[] = [];
  const visit = (node: Foreign): void => {
    const type = node.ResultType;
    const columns = Array.from({ length: type?.Columns?.Count ?? 0 }, (_, i) => {
      const one = type.Columns.getItem(i);
      return `${one.Name}:${one.Type?.Name}`;
    });
    const symbol = node.ReferencedSymbol;
    lines.push(`${node.Kind} ${node.TextStart}-${node.End} ${type?.Name} (${columns}) ${symbol?.Name}`);
    for (let i = 0; i < node.ChildCount; i++) {
      const child = node.GetChild(i);
      if (child) visit(child);
    }
  };
  visit(code.Syntax);
  const diagnostics = code.GetDiagnostics();
  for (let i = 0; i < diagnostics.Count; i++) {
    const { Code, Severity, Message, Start, Length } = diagnostics.getItem(i);
    lines.push(`${Code} ${Severity} ${Start}+${Length} ${Message}`);
  }
  return lines.join("\n");
}

test("every query is bound to the same, node by node", () => {
  const [delivered, used] = [asDelivered(), asUsed()];
  expect(delivered).not.toBe(used);
  const [theirs, ours] = [workspace(delivered), workspace(used)];
  const examples = readFileSync(join(import.meta.dirname, "conformance", "own.ndjson"), "utf8")
    .trim()
    .split("\n");
  const queries = [
    ...["evidence", "habits", "after-care", "known-sources"].map((name) =>
      readFileSync(join(HUNTS, `${name}.kql`), "utf8"),
    ),
    ...(["failed-portal-sign-in", "single-factor-spray"] as const).flatMap((slug) => {
      const { query, responder } = ownHunt(slug);
      return [query, responder?.judge ?? ""];
    }),
    ...examples.map((line) => (JSON.parse(line) as { kql: string }).kql),
    "SigninLogs | where Nope == 1 | extend a = strlen(1) | join (Missing) on b",
    "SigninLogs | summarize by",
    "let f = (a: long, b: string = 'x') { a + b }; print f(1), f('1'), f()",
  ];
  for (const kql of queries) expect(told(used, ours, kql), kql).toBe(told(delivered, theirs, kql));
});
