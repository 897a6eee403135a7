// summarize: group keys, aggregates, and aggregates that fill several columns at once.
import { type ManyColumns, severalColumns } from "../aggregates/several-columns.ts";
import {
  type Compilation,
  type Environment,
  freshRelation,
  type NamedExpression,
  partsOf,
  scopeOf,
  selectList,
} from "../compilation.ts";
import { plainJson } from "../conversions.ts";
import type { Select } from "../fold-steps.ts";
import { elements, kindOf, type SyntaxNode, schemaOf, unnamed } from "../parser.ts";
import type { Relation, RelationColumn } from "../relation.ts";
import { stagesOver } from "../stages.ts";
import { checkWidth, refuseParameters } from "./columns.ts";

export function summarize(
  node: SyntaxNode,
  input: Relation,
  pipe: SyntaxNode,
  environment: Environment,
  c: Compilation,
): Relation {
  refuseParameters(node, c);
  const stages = stagesOver(input, c, true);
  const scope = { ...scopeOf(input, environment), stages };
  const expected = schemaOf(pipe);
  if (node.ByClause?.BinClause) c.refuse(node.ByClause.BinClause, "bin= of summarize is not supported");
  const by = elements(node.ByClause?.Expressions);
  const nameAt = (i: number): string => expected[i]?.name ?? c.refuse(node, "this column needs a name", "KQL_INTERNAL");
  const keys: NamedExpression[] = by.map((e, i) => ({
    name: nameAt(i),
    value: { ...c.scalar(unnamed(e), scope), shadows: undefined },
  }));
  const keyNames = new Set(by.map((e) => (kindOf(unnamed(e)) === "NameReference" ? unnamed(e).SimpleName : "")));

  const columns: NamedExpression[] = [...keys];
  const packs: ManyColumns[] = [];
  for (const definition of elements(node.Aggregates)) {
    const many = severalColumns(definition, input, scope, keyNames, packs.length, c);
    if (many) {
      packs.push(many);
      for (const value of many.columns) columns.push({ name: nameAt(columns.length), value });
    } else {
      columns.push({
        name: nameAt(columns.length),
        value: c.scalar(unnamed(definition), { ...scope, aggregates: true }),
      });
    }
  }
  const parts = partsOf(input);
  const groups = [...keys.map((_, i) => i + 1), ...parts.map((part) => part.id)];
  const grouped = groups.length > 0 ? ` GROUP BY ${groups.join(", ")}` : undefined;
  const tail = { from: stages.relation().from, groups: grouped };
  const made = packs.length === 0 ? freshRelation(columns, tail, c, parts) : unpacked(columns, packs, tail, parts, c);
  return checkWidth(made, expected.length, node, c);
}

/** Aggregates such as arg_max give one struct, taken apart in a second step. */
function unpacked(
  columns: readonly NamedExpression[],
  packs: readonly ManyColumns[],
  tail: Omit<Select, "select">,
  parts: readonly RelationColumn[],
  c: Compilation,
): Relation {
  const fromPack = new Set(packs.flatMap((pack) => pack.columns));
  const single = columns.filter(({ value }) => !fromPack.has(value));
  const first = selectList(
    single.map(({ value }, i) => ({ name: `c${i}`, value: value.type === "dynamic" ? plainJson(value) : value })),
  );
  const step = c.step({
    ...tail,
    select: [
      ...(single.length > 0 ? [first.select] : []),
      ...packs.map((pack) => `${pack.sql} AS ${pack.id}`),
      ...parts.map((part) => part.id),
    ].join(", "),
  });
  let next = 0;
  const list = columns.map(({ name, value }) => {
    if (fromPack.has(value)) return { name, value };
    return { name, value: { type: value.type, sql: `c${next++}`, present: value.present } };
  });
  return freshRelation(list, `FROM ${step}`, c, parts);
}
