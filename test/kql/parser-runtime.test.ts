// The parser with the faster forms of its functions against the parser as it was delivered.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { constants, createContext, runInContext } from "node:vm";
import { beforeAll, expect, test } from "vitest";
import { loadParser } from "../../src/kql/parser.ts";
import { hastenBinder, settleParser } from "../../src/kql/parser-binder.ts";
import { hastenRuntime } from "../../src/kql/parser-runtime.ts";
import { knownTables } from "../../src/kql/schemas/known-tables.ts";
import { ownHunt } from "../builders.ts";
import { soaking } from "../soak.ts";

// biome-ignore lint/suspicious/noExplicitAny: the parser has no types
type Foreign = any;

const require = createRequire(import.meta.url);
const HUNTS = join(import.meta.dirname, "../../src/hunts");

/** A world of its own with the parser in it, where nobody has touched the runtime. */
function newWorld(): Foreign {
  // An ordinary global object: one that reaches into ours makes every name in these scripts slow.
  const world = createContext(constants.DONT_CONTEXTIFY);
  for (const file of ["bridge.min.js", "Kusto.Language.Bridge.min.js"]) {
    runInContext(readFileSync(require.resolve(`@kusto/language-service-next/${file}`), "utf8"), world);
  }
  return world;
}

function asUsed(): Foreign {
  loadParser();
  const { System, Kusto } = globalThis as Foreign;
  settleParser(System, Kusto.Language);
  return Kusto.Language;
}

let delivered: Foreign;
let used: Foreign;
beforeAll(() => {
  if (soaking) delivered = newWorld().Kusto.Language;
  used = asUsed();
});

function workspace({ Symbols, GlobalState }: Foreign): Foreign {
  const column = ({ name, type }: { name: string; type: string }): Foreign =>
    new Symbols.ColumnSymbol.ctor(name, Symbols.ScalarTypes.GetSymbol(type), null, null, null, null);
  const tables = knownTables
    .filter(({ name }) => name === "SigninLogs" || name === "AADNonInteractiveUserSignInLogs")
    .map(({ name, columns }) => new Symbols.TableSymbol.$ctor4(name, columns.map(column)));
  const twice = new Symbols.FunctionSymbol.$ctor16("Twice", "(n: long, more: long = 2)", "{ n * more }", null);
  const failed = new Symbols.FunctionSymbol.$ctor16("Failed", "()", "{ SigninLogs | where ResultType != 0 }", null);
  return GlobalState.Default.WithDatabase(
    new Symbols.DatabaseSymbol.ctor("workspace", [...tables, twice, failed]),
  ).WithCache();
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
    const [above, body] = [node.Parent?.Kind, node.GetCalledFunctionBody?.()];
    const symbol = node.ReferencedSymbol;
    lines.push(
      `${node.Kind} ${node.TextStart}-${node.End} ${type?.Name} (${columns}) ${symbol?.Name} ${above} ${node.Depth} ${node.IsConstant}`,
    );
    if (body) visit(body);
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

/** What both make of a query. */
const both = (kql: string, theirs: Foreign, ours: Foreign): readonly [string, string] => [
  told(used, ours, kql),
  told(delivered, theirs, kql),
];

/** Their grammar takes seconds to build, and no hunt is one. */
const COMMANDS = [
  ".show tables",
  ".create function Failed() { SigninLogs | where ResultType == 0 | union (Failed()) }",
  ".create-or-alter function with (folder = 'a') SigninLogs(n: long) { SigninLogs | take n | where Failed == 1 }",
];

// The parser as delivered takes most of a quarter of a minute to begin with: it is compared in the soak. What npm test asks of
// every other query, it asks of the faster forms.
test.runIf(soaking)("every query is bound to the same, node by node", () => {
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
    // What is remembered of columns may not be taken for constants, nor the other way round.
    "SigninLogs | extend a = ResultType == 'x', b = 'x' == 'y', c = strcat(ResultType, 'x'), d = strcat('x', 'y'), e = bin(1, 1)",
    "SigninLogs | extend a = 'x' == ResultType, b = 'x' == Nope, c = substring('x', 1), d = substring(ResultType, 1), e = -(1 + 2)",
    "SigninLogs | take 1 + 2 | top 'x' by TimeGenerated | extend a = extract('x', 1, ResultType), b = extract(ResultType, 1, 'x')",
    "let f = (a: long, b: string = 'x') { a + b }; print f(1), f('1'), f()",
    "let f = (a: long, b: long = 2) { print c = a * b }; f(b = 3, a = 1) | union (f(4)) | where c > Twice(2, more = 5)",
    "Failed | union (Failed() | take Twice(1)) | project ResultType, Nope",
    "SigninLogs | where isnull(*) or * has 'x' | summarize arg_max(TimeGenerated, *), count() by bin(TimeGenerated, 1h)",
    "print 1 | | where ( ; let",
    `print ${"(".repeat(60)}1${")".repeat(60)}`,
    `print ${Array.from({ length: 900 }, (_, i) => i).join(" + ")}`,
    ...COMMANDS,
    "// nothing but this",
    "",
  ];
  for (const kql of queries) {
    const [ours_, theirs_] = both(kql, theirs, ours);
    expect(ours_, kql).toBe(theirs_);
  }
});

const TYPES = ["bool", "int", "long", "real", "decimal", "string", "datetime", "timespan", "guid", "dynamic"] as const;
const OPERATORS = [
  "+",
  "-",
  "*",
  "/",
  "%",
  "==",
  "!=",
  "<",
  ">=",
  "=~",
  "and",
  "has",
  "contains",
  "startswith",
  "in",
] as const;

/** Types that functions tell apart. */
const CALLED_WITH: ReadonlySet<string> = new Set(["long", "string", "dynamic"]);

test.runIf(soaking)("operators, functions and aggregates are bound to the same for each type, asked again too", () => {
  const [theirs, ours] = [workspace(delivered), workspace(used)];
  const table = `datatable(${TYPES.map((type) => `c_${type}: ${type}`).join(", ")})[]`;
  const { Functions: functions, Aggregates: aggregates } = delivered.GlobalState.Default;
  const names = (all: readonly Foreign[]): readonly string[] => all.map(({ Name }) => Name);
  expect([names(functions).includes("strcat"), names(aggregates).includes("dcount")]).toEqual([true, true]);
  for (const type of TYPES) {
    const operations = TYPES.flatMap((other) =>
      OPERATORS.map((operator) =>
        operator === "in" ? `c_${type} in (c_${other})` : `c_${type} ${operator} c_${other}`,
      ),
    );
    const calls = (all: readonly Foreign[]): readonly string[] =>
      names(all).flatMap((name) => [`${name}(c_${type})`, `${name}(c_${type}, c_${type})`]);
    const queries = [`${table} | extend ${operations.join(", ")}`];
    if (CALLED_WITH.has(type)) {
      queries.push(`${table} | extend ${calls(functions).join(", ")}`);
      queries.push(`${table} | summarize ${calls(aggregates).join(", ")}`);
    }
    for (const kql of queries) {
      const [first, expected] = both(kql, theirs, ours);
      expect(first).toBe(expected);
      expect(told(used, ours, kql)).toBe(expected);
    }
  }
});

test("every function that has a faster form is there as it is known to be", () => {
  const { Bridge, System, Kusto } = newWorld();
  expect(hastenRuntime(Bridge, System)).toBe(true);
  expect(hastenBinder(Bridge, Kusto.Language)).toEqual([]);
  const { AllocateFromPool, ReturnToPool } = used.Binding.Binder.s_symbolListPool;
  expect([AllocateFromPool.name, ReturnToPool.name]).toEqual(["allocate", "giveBack"]);
  const { System: system } = globalThis as Foreign;
  const { clear, tryGetValue } = system.Collections.Generic.Dictionary$2(system.String, system.Int32).prototype;
  expect([clear.name, tryGetValue.name]).toEqual(["emptyOut", "lookUp"]);
  const { SyntaxElement, SyntaxNode, SyntaxToken, Statement, Expression, Name, Clause } = used.Syntax;
  const { QueryOperator, NamedExpression, TypeExpression } = used.Syntax;
  const bases = [SyntaxElement, SyntaxNode, SyntaxToken, Statement, Expression, Name, Clause, QueryOperator];
  for (const { ctor } of [...bases, NamedExpression, TypeExpression]) expect(ctor.name).toBe("element");
});

test("a function that reads otherwise is left as it is", () => {
  const { Bridge, System, Kusto } = newWorld();
  const { SyntaxElement } = Kusto.Language.Syntax;
  const another = (): void => {};
  SyntaxElement.WalkElements = another;
  expect(hastenBinder(Bridge, Kusto.Language)).toEqual(["WalkElements"]);
  expect(SyntaxElement.WalkElements).toBe(another);
  const { is } = Bridge;
  Bridge.hasValue = another;
  expect(hastenRuntime(Bridge, System)).toBe(false);
  expect([Bridge.is, Bridge.hasValue]).toEqual([is, another]);
});
