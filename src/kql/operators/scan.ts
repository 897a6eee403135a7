// scan: steps matched against rows in order, with state. https://learn.microsoft.com/kusto/query/scan-operator
// A recursive query goes from row to row; its one row holds the state of every step, and what this row gives.
import {
  asList,
  type Compilation,
  type Environment,
  freshRelation,
  type NamedExpression,
  partsOf,
  RECURSIVE_STEP,
  scopeOf,
} from "../compilation.ts";
import { convert, plainJson } from "../conversions.ts";
import { type Expression, nullOf } from "../expression.ts";
import { elements, kindOf, type SyntaxNode, schemaOf, startOf, textOf, typeNamed } from "../parser.ts";
import { orderSql, type Relation, type RelationColumn } from "../relation.ts";
import { TextNeeded } from "../schema-needed.ts";
import { type ColumnType, physicalType } from "../types.ts";
import { checkWidth } from "./columns.ts";

interface Step {
  readonly name: string;
  readonly condition: SyntaxNode;
  readonly assignments: ReadonlyMap<string, SyntaxNode>;
  readonly output: string;
}

interface Field {
  readonly name: string;
  readonly id: string;
  readonly type: ColumnType;
  /** SQL of its value in the row under way. */
  readonly own: string;
}

const MATCH = `"#match"`;

export function scan(
  node: SyntaxNode,
  input: Relation,
  pipe: SyntaxNode,
  environment: Environment,
  c: Compilation,
): Relation {
  if (node.OrderByClause || node.PartitionByClause)
    c.refuse(node, "order by and partition by of scan are not supported");
  if (!input.serialized)
    c.refuse(node, "scan needs rows in an order: sort or serialize them first", "KQL_NOT_SERIALIZED");
  const end = c.original(startOf(node) + (node.End - node.TextStart));
  // The binder counts a match_id even where none is asked for; the service gives none.
  const matchId = matchColumn(node, c) ?? "match_id";
  if (elements(node.Parameters).length === 0 && !c.written.has(end)) {
    throw new TextNeeded(startOf(node) + (node.End - node.TextStart), " | project-away match_id");
  }
  const steps = elements(node.Steps).map((step) => stepOf(step, c));
  const rowList = asList(input).map(({ name, value }) => ({
    name,
    value: value.type === "dynamic" ? plainJson(value) : value,
  }));
  const declared = elements(node.DeclareClause?.Declarations).map((d) => declarationOf(d, environment, c));
  const fields: Field[] = [
    ...rowList.map(({ name, value }, i) => ({ name, id: `f${i}`, type: value.type, own: `x.f${i}` })),
    ...declared.map(({ name, value }, i) => ({ name, id: `d${i}`, type: value.type, own: value.sql })),
  ];
  const struct = `STRUCT(${[...fields.map((f) => `${f.id} ${physicalType[f.type]}`), `${MATCH} BIGINT`].join(", ")})`;
  const names = steps.map((step) => step.name);

  const parts = partsOf(input);
  const rows = numbered(input, rowList, parts, c);
  // State of step k: one struct for each step up to k, as s{k}_{j}; null where the step has not matched.
  const stateIds = names.flatMap((_, k) => names.slice(0, k + 1).map((_, j) => `s${k}_${j}`));
  const emptyRow = `(NULL::${struct})`;
  const start = [
    `0::BIGINT AS n`,
    `(-1)::BIGINT AS ids`,
    ...stateIds.map((id) => `${emptyRow} AS ${id}`),
    ...names.map((_, k) => `${emptyRow} AS o${k}`),
  ];

  const state = `${RECURSIVE_STEP}${c.fresh()}`;
  const promotions: string[] = [];
  const matches: string[] = [];
  for (const [k, step] of steps.entries()) {
    const before = (j: number): string => (j < k ? `t.s${k - 1}_${j}` : emptyRow);
    // Steps are tried from the last to the first, so this step's sequence may just have gone on to the next.
    const own = (j: number): string =>
      k + 1 < names.length ? `(CASE WHEN c${k + 1} THEN ${emptyRow} ELSE t.s${k}_${j} END)` : `t.s${k}_${j}`;
    promotions.push(
      k > 0 ? `(t.s${k - 1}_${k - 1} IS NOT NULL AND coalesce(${conditionOf(step, before)}, FALSE))` : "FALSE",
    );
    const again = `(${k === 0 ? "TRUE" : `${own(k)} IS NOT NULL`} AND coalesce(${conditionOf(step, own)}, FALSE))`;
    const id =
      k === 0 ? `CASE WHEN ${own(k)} IS NULL THEN t.ids + 1 ELSE ${own(k)}.${MATCH} END` : `${own(k)}.${MATCH}`;
    const promotedRow = k > 0 ? `WHEN c${k} THEN ${extended(step, k, before, `t.s${k - 1}_${k - 1}.${MATCH}`)}` : "";
    matches.push(`CASE ${promotedRow} WHEN ${again} THEN ${extended(step, k, own, id)} END`);
  }
  const met = `SELECT t, x, ${promotions.map((sql, k) => `${sql} AS c${k}`).join(", ")} FROM ${parts.length > 0 ? anew(state, stateIds, rows) : state} AS t JOIN ${rows} AS x ON x.n = t.n + 1`;
  const evaluated = [
    "x.n AS n",
    "t.ids AS ids",
    ...stateIds.map((id) => `t.${id} AS p_${id}`),
    ...matches.map((sql, k) => `${sql} AS m${k}`),
    ...names.map((_, k) => `c${k}`),
  ];
  const next = names.flatMap((_, k) =>
    names.slice(0, k + 1).map((_, j) => {
      const kept =
        k + 1 < names.length ? `CASE WHEN e.c${k + 1} THEN ${emptyRow} ELSE e.p_s${k}_${j} END` : `e.p_s${k}_${j}`;
      if (j === k) return `CASE WHEN e.m${k} IS NOT NULL THEN e.m${k} ELSE ${kept} END AS s${k}_${j}`;
      return `CASE WHEN e.c${k} THEN e.p_s${k - 1}_${j} WHEN e.m${k} IS NOT NULL THEN e.p_s${k}_${j} ELSE ${kept} END AS s${k}_${j}`;
    }),
  );
  const newest = `greatest(e.ids, coalesce(e.m0.${MATCH}, -1))`;
  c.steps.push(
    `${state} AS (SELECT ${start.join(", ")} UNION ALL SELECT ${["e.n", newest, ...next, ...names.map((_, k) => `e.m${k}`)].join(", ")}
      FROM (SELECT ${evaluated.join(", ")} FROM (${met})) AS e)`,
  );
  const outputs = steps.flatMap((step, k) => {
    if (step.output === "none") return [];
    if (step.output !== "all") c.refuse(node, `output=${step.output} is not supported`);
    return [`SELECT n, ${steps.length - k} AS k, o${k} AS o FROM ${state} WHERE o${k} IS NOT NULL`];
  });
  if (outputs.length === 0) return c.refuse(node, "no step of this scan gives rows");
  const all = c.step(outputs.join(" UNION ALL "));
  const list: NamedExpression[] = fields.map((f) => ({ name: f.name, value: { type: f.type, sql: `o.${f.id}` } }));
  list.push({ name: matchId, value: { type: "long", sql: `o.${MATCH}`, present: true } });
  const made = freshRelation(
    [...list, { name: "#n", value: { type: "long", sql: "n" } }, { name: "#k", value: { type: "long", sql: "k" } }],
    parts.length > 0 ? `FROM ${all} JOIN ${rows} USING (n)` : `FROM ${all}`,
    c,
    parts,
  );
  const [k, n] = [made.columns.at(-1), made.columns.at(-2)];
  const relation: Relation = {
    ...made,
    columns: made.columns.slice(0, -2),
    hidden: [...made.columns.slice(-2), ...made.hidden],
    order: [n, k].flatMap((column) => (column ? [{ id: column.id, descending: false, nullsFirst: true }] : [])),
    serialized: true,
  };
  return checkWidth(relation, schemaOf(pipe).length, node, c);

  /** Columns of the row under way; `s.col` reads the state that `of` gives; declared columns have their defaults. */
  function scopeFor(of: (j: number) => string, k: number) {
    const columns = new Map(
      fields.map((f): [string, Expression] => [
        f.name,
        { type: f.type, sql: `(${f.own})`, present: f.type === "string" },
      ]),
    );
    const states = new Map(
      names.slice(0, k + 1).map((name, j) => [
        name,
        new Map(
          fields.map((f): [string, Expression] => {
            const value = `${of(j)}.${f.id}`;
            // Before a step has matched, its declared columns read as their defaults.
            const sql = f.id.startsWith("d") ? `CASE WHEN ${of(j)} IS NULL THEN ${f.own} ELSE ${value} END` : value;
            return [
              f.name,
              {
                type: f.type,
                sql: f.type === "string" ? `coalesce(${sql}, '')` : `(${sql})`,
                present: f.type === "string",
              },
            ];
          }),
        ),
      ]),
    );
    return { ...scopeOf(input, environment), columns, steps: states, relation: undefined };
  }

  function conditionOf(step: Step, of: (j: number) => string): string {
    return c.condition(step.condition, scopeFor(of, names.indexOf(step.name)));
  }

  function extended(step: Step, k: number, of: (j: number) => string, id: string): string {
    const scope = scopeFor(of, k);
    const values = fields.map((f) => {
      const assigned = step.assignments.get(f.name);
      const value = assigned ? convert(c.scalar(assigned, scope), f.type).sql : f.own;
      return `${f.id}: (${value})::${physicalType[f.type]}`;
    });
    return `{${[...values, `${MATCH}: (${id})::BIGINT`].join(", ")}}`;
  }
}

function matchColumn(node: SyntaxNode, c: Compilation): string | undefined {
  let found: string | undefined;
  for (const parameter of elements(node.Parameters)) {
    if (parameter.Name.SimpleName !== "with_match_id") c.refuse(parameter, "this parameter of scan is not supported");
    found = parameter.Expression.SimpleName as string;
  }
  return found;
}

function stepOf(step: SyntaxNode, c: Compilation): Step {
  if (step.OptionalKeyword) c.refuse(step, "optional steps are not supported");
  const assignments = elements(step.ComputationClause?.Assignments).map((a): [string, SyntaxNode] => [
    a.Name.SimpleName,
    a.Expression,
  ]);
  return {
    name: step.Name.SimpleName as string,
    condition: step.Condition,
    assignments: new Map(assignments),
    output: step.ScanStepOutput ? (/=\s*(\w+)/.exec(textOf(step.ScanStepOutput))?.[1] ?? "all") : "all",
  };
}

function declarationOf(d: SyntaxNode, environment: Environment, c: Compilation): NamedExpression {
  const column: SyntaxNode = kindOf(d) === "FunctionParameter" ? d.NameAndType : d;
  const type = typeNamed(textOf(column.Type));
  const given: SyntaxNode | undefined = d.DefaultValue?.Value ?? d.DefaultValue?.Expression;
  const value = given ? convert(c.scalar(given, { columns: new Map(), environment }), type) : nullOf(type);
  return { name: column.Name.SimpleName as string, value };
}

/** The rows as f0, f1, … in their order, part after part; `begins` marks the first of a part. */
function numbered(
  input: Relation,
  list: readonly NamedExpression[],
  parts: readonly RelationColumn[],
  c: Compilation,
): string {
  const ids = parts.map(({ id }) => id);
  const keys = [...ids, orderSql(input.order).replace(" ORDER BY ", "")].filter((key) => key !== "");
  const order = keys.length > 0 ? `ORDER BY ${keys.join(", ")}` : "";
  const values = list.map(({ value }, i) => `${value.sql} AS f${i}`);
  const rows = c.step(
    `SELECT ${[...values, ...ids, `row_number() OVER (${order}) AS n`].join(", ")} FROM ${input.from}`,
  );
  if (ids.length === 0) return rows;
  const other = ids.map((id) => `lag(${id}) OVER (ORDER BY n) IS DISTINCT FROM ${id}`);
  return c.step(`SELECT *, n = 1 OR ${other.join(" OR ")} AS begins FROM ${rows}`);
}

/** The state as the next row finds it: empty where that row begins a part. */
function anew(state: string, stateIds: readonly string[], rows: string): string {
  const kept = stateIds.map((id) => `CASE WHEN NOT x.begins THEN t.${id} END AS ${id}`);
  const ids = "CASE WHEN x.begins THEN -1 ELSE t.ids END AS ids";
  return `(SELECT ${["t.n", ids, ...kept].join(", ")} FROM ${state} AS t JOIN ${rows} AS x ON x.n = t.n + 1)`;
}
