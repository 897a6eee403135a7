// The state of compiling one query, and what every part of the compiler may ask of it.
import { plainJson } from "./conversions.ts";
import { datetimeConstant, type Expression } from "./expression.ts";
import { foldSteps, type Select, type Step } from "./fold-steps.ts";
import { KqlError } from "./kql-error.ts";
import { type SyntaxNode, startOf } from "./parser.ts";
import { expressionOf, type Relation, type RelationColumn } from "./relation.ts";
import { apartFromFunctions, nameSql, textSql } from "./sql-text.ts";
import type { Stages } from "./stages.ts";
import type { TableDefinition } from "./types.ts";

export type Binding =
  /** `depth` is set where the value is of a row: how many subqueries deep that row stands. */
  | { readonly kind: "scalar"; readonly value: Expression; readonly depth?: number | undefined }
  | { readonly kind: "table"; readonly value: Relation }
  /** A function made by `let`; its body sees what was visible where it was made. A view is one that patterns of names find. */
  | { readonly kind: "function"; readonly home: Environment; readonly view?: SyntaxNode | undefined }
  | { readonly kind: "pattern"; readonly home: Environment; readonly cases: readonly PatternCase[] };

/** What a pattern is for these texts. */
export interface PatternCase {
  readonly texts: readonly string[];
  readonly body: SyntaxNode;
}

export interface View {
  readonly name: string;
  readonly body: SyntaxNode;
  readonly home: Environment;
}

/** Names that `let`, parameters and `as` have given, innermost first. */
export interface Environment {
  readonly outer: Environment | undefined;
  readonly names: Map<string, Binding>;
}

export const inside = (outer?: Environment): Environment => ({ outer, names: new Map() });

export function bindingOf(environment: Environment, name: string): Binding | undefined {
  for (let e: Environment | undefined = environment; e; e = e.outer) {
    const found = e.names.get(name);
    if (found) return found;
  }
  return undefined;
}

/** The views that can be seen from here. */
export function viewsIn(environment: Environment): View[] {
  const seen = new Map<string, Binding>();
  for (let e: Environment | undefined = environment; e; e = e.outer) {
    for (const [name, binding] of e.names) if (!seen.has(name)) seen.set(name, binding);
  }
  return [...seen].flatMap(([name, binding]) =>
    binding.kind === "function" && binding.view ? [{ name, body: binding.view, home: binding.home }] : [],
  );
}

/** Where a scalar expression stands: the columns it can name, and what is allowed there. */
export interface Scope {
  readonly columns: ReadonlyMap<string, Expression>;
  readonly environment: Environment;
  /** The rows it is evaluated over, where there are rows. */
  readonly relation?: Relation | undefined;
  /** Where window functions may look at what others gave. */
  readonly stages?: Stages | undefined;
  /** Aggregates may be used. */
  readonly aggregates?: boolean | undefined;
  /** SQL that every aggregate must also filter by. */
  readonly aggregateFilter?: string | undefined;
  /** `$left` and `$right` of a join. */
  readonly sides?: Readonly<Record<"$left" | "$right", ReadonlyMap<string, Expression>>> | undefined;
  /** The steps of a scan, by name. */
  readonly steps?: ReadonlyMap<string, ReadonlyMap<string, Expression>> | undefined;
}

export interface CompilationOptions {
  /** What is compiled. */
  readonly source: string;
  /** What was asked, where schemas have been written into it since. */
  readonly asked: string;
  /** From a place in what is compiled to the place in what was asked. */
  readonly original: (offset: number) => number;
  /** Places, in what was asked, where something has been written into what is compiled. */
  readonly written: { has(place: number): boolean };
  /** By where the call stands: columns of the source that a bag replaces, once the rows have told. */
  readonly replaced: Map<number, ReadonlySet<string>>;
  /** Microseconds since 1970. */
  readonly now: bigint;
  readonly tables: ReadonlyMap<string, TableDefinition>;
  /** Microseconds; from included, to not. */
  readonly window?: { readonly from: bigint; readonly to: bigint } | undefined;
}

/** Everything the pieces of the compiler need of each other; compile.ts puts it together. */
export interface Compilation extends CompilationOptions {
  scalar(node: SyntaxNode, scope: Scope): Expression;
  /** In a filter, where null and false are the same; the SQL may leave out what only tells them apart. */
  condition(node: SyntaxNode, scope: Scope): string;
  tabular(node: SyntaxNode, environment: Environment): Relation;
  /** A pipe of operators over given rows, as in mv-apply and partition. */
  subquery(node: SyntaxNode, input: Relation, environment: Environment): Relation;
  /** Adds a step and gives its name. */
  step(select: string | Select): string;
  fresh(): number;
  refuse(node: SyntaxNode, message: string, code?: string): never;
  warn(node: SyntaxNode, message: string): void;
  /** What `set` has said, by name. */
  readonly settings: Map<string, Expression>;
  readonly steps: Step[];
  readonly warnings: Set<string>;
  readonly used: { clock: boolean; depth: number; readonly tables: Map<string, Set<TableUse>> };
}

/** How a query reached a table. Only what it names plainly can be narrowed by a `let` laid ahead of it. */
export type TableUse = "name" | "table()" | "wildcard" | "search";

/** The largest SQL for one expression; written out again and again, a small query can grow without bound. */
const LONGEST_EXPRESSION = 400_000;

export function keepSmall(e: Expression, node: SyntaxNode, c: Pick<Compilation, "refuse">): Expression {
  if (e.sql.length > LONGEST_EXPRESSION) c.refuse(node, "the expression grows too large", "KQL_TOO_LARGE");
  return e;
}

export function refuser({ asked, original }: Pick<CompilationOptions, "asked" | "original">) {
  return (node: SyntaxNode, message: string, code = "KQL_UNSUPPORTED"): never => {
    throw new KqlError(code, message, asked, original(startOf(node)), Math.max(1, node.End - node.TextStart));
  };
}

/** SQL that refuses the query for what a row holds, where no value would be right for sure. */
export const refusalSql = (node: SyntaxNode, message: string, code: string, c: CompilationOptions): string =>
  `error(${textSql(`${code}@${c.original(startOf(node))}: ${message}`)})`;

/** What DuckDB says then: code, place, message. */
export const REFUSED_BY_A_ROW = /(KQL_[A-Z_]+)@(\d+): (.*)$/;

export const scopeOf = (relation: Relation, environment: Environment): Scope => ({
  columns: new Map(relation.columns.map((column) => [column.name, expressionOf(column)])),
  environment,
  relation,
});

/** A query with the steps so far ahead of it; a step that refers to itself must be announced. */
export function withSteps({ steps }: Pick<Compilation, "steps">, query: string): string {
  if (steps.length === 0) return query;
  const texts = foldSteps(steps, query);
  const recursive = texts.some((text) => text.startsWith(RECURSIVE_STEP));
  return `WITH ${recursive ? "RECURSIVE " : ""}${texts.join(",\n")}\n${query}`;
}

/** How the names of steps begin that refer to themselves. */
export const RECURSIVE_STEP = "scan_";

export const noColumns = (environment: Environment): Scope => ({ columns: new Map(), environment });

export const now = (c: Compilation): Expression => {
  c.used.clock = true;
  return datetimeConstant(c.now);
};

export interface NamedExpression {
  readonly name: string;
  readonly value: Expression;
}

interface Selected {
  readonly columns: RelationColumn[];
  readonly hidden: RelationColumn[];
  readonly select: string;
}

/** Compiles what stands in a subquery of its own, where the rows outside cannot be seen. */
export function inSubquery<T>(c: Compilation, work: () => T): T {
  c.used.depth++;
  try {
    return work();
  } finally {
    c.used.depth--;
  }
}

/** Makes the SELECT list for named expressions, choosing identifiers that stay distinct when case is folded. */
export function selectList(
  list: readonly NamedExpression[],
  hidden: readonly { readonly column: RelationColumn; readonly sql: string }[] = [],
): Selected {
  const taken = new Set<string>();
  const take = (name: string): string => {
    const own = apartFromFunctions(name);
    let id = own;
    for (let n = 2; taken.has(id.toLowerCase()); n++) id = `${own}~${n}`;
    taken.add(id.toLowerCase());
    return nameSql(id);
  };
  const parts: string[] = [];
  const add = (sql: string, id: string): void => {
    parts.push(sql === id ? sql : `${sql} AS ${id}`);
  };
  const columns = list.map(({ name, value }): RelationColumn => {
    const id = take(name);
    if (value.type === "dynamic") {
      if (value.leaf) {
        add(value.leaf.sql, id);
        return { name, type: "dynamic", id, leaf: value.leaf.type };
      }
      if (value.list) {
        add(value.list.sql, id);
        return { name, type: "dynamic", id, listOf: value.list.type, present: value.present };
      }
      add(plainJson(value).sql, id);
      const shadows = Object.entries(value.shadows ?? {}).map(([path, shadow]) => {
        const shadowId = take(`#${name}.${path}`);
        add(shadow.sql, shadowId);
        return [path, { id: shadowId, type: shadow.type }] as const;
      });
      return {
        name,
        type: "dynamic",
        id,
        present: value.present,
        shadows: shadows.length > 0 ? Object.fromEntries(shadows) : undefined,
      };
    }
    const sql = value.type === "string" && !value.present ? `coalesce(${value.sql}, '')` : value.sql;
    add(sql, id);
    return { name, type: value.type, id, present: value.present || value.type === "string" };
  });
  const carried = hidden.map(({ column, sql }) => {
    const id = take(column.name.startsWith("#") ? column.name : `#${column.name}`);
    add(sql, id);
    return { ...column, id };
  });
  return { columns, hidden: carried, select: parts.join(", ") || '1 AS "#"' };
}

/** A new step with these columns over a relation's rows. Its order goes on: keys that are no longer columns are hidden. */
export function reshape(
  relation: Relation,
  list: readonly NamedExpression[],
  c: Compilation,
  changes: { readonly serialized?: boolean } = {},
): Relation {
  const order = relation.order ?? [];
  const kept = new Map<string, number>();
  for (const [index, { value }] of list.entries()) {
    if (order.some((key) => key.id === value.sql)) kept.set(value.sql, index);
  }
  const parts = relation.partition ?? [];
  const carried = [...relation.columns, ...relation.hidden].filter(
    (column) => parts.includes(column.id) || (order.some((key) => key.id === column.id) && !kept.has(column.id)),
  );
  const made = selectList(
    list,
    carried.map((column) => ({ column, sql: column.id })),
  );
  const newId = (id: string): string => {
    const index = kept.get(id);
    const column = index === undefined ? made.hidden[carried.findIndex((h) => h.id === id)] : made.columns[index];
    return column?.id ?? id;
  };
  return {
    from: c.step({ select: made.select, from: relation.from }),
    columns: made.columns,
    hidden: made.hidden,
    order: relation.order?.map((key) => ({ ...key, id: newId(key.id) })),
    serialized: changes.serialized ?? relation.serialized,
    partition: relation.partition?.map((id) => made.hidden[carried.findIndex((h) => h.id === id)]?.id ?? id),
  };
}

/** Every column as it is, ready to be changed and reshaped. */
export const asList = (relation: Relation): NamedExpression[] =>
  relation.columns.map((column) => ({ name: column.name, value: expressionOf(column) }));

/** The columns that cut the rows into parts, with what is needed to carry them on. */
export const partsOf = (relation: Relation): RelationColumn[] =>
  relation.hidden.filter((column) => relation.partition?.includes(column.id));

/**
 * A step whose rows have no order and whose columns are exactly these. `tail` is what they are made of: what follows the
 * columns, or a table or step with its groups.
 */
export function freshRelation(
  list: readonly NamedExpression[],
  tail: string | Omit<Select, "select">,
  c: Compilation,
  parts: readonly RelationColumn[] = [],
): Relation {
  const made = selectList(
    list,
    parts.map((column) => ({ column, sql: column.id })),
  );
  const partition = parts.length > 0 ? made.hidden.map((column) => column.id) : undefined;
  const select = typeof tail === "string" ? `SELECT ${made.select} ${tail}` : { ...tail, select: made.select };
  return { from: c.step(select), columns: made.columns, hidden: made.hidden, partition };
}
