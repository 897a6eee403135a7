// Steps between the rows of an operator and the expressions over them: SQL takes no window function inside of another.
import type { Compilation } from "./compilation.ts";
import { freeId, type Relation, type RelationColumn, windowSql } from "./relation.ts";

export interface Stages {
  /** Whether the expressions stand where SQL takes no window function at all, as in groups and aggregates. */
  readonly ahead: boolean;
  /** The rows as they are by now; where they have been numbered they keep that order. */
  relation(): Relation;
  /** Puts a column behind those that are there; its identifier. */
  column(sql: string): string;
  /** Puts a step around the rows that keeps them and all their columns and adds one; its identifier. */
  around(step: (from: string, id: string) => string): string;
  /** OVER (…) for the order the rows are promised in, inside of the parts that further columns make. */
  over(groups?: readonly string[], frame?: string): string;
  /** The columns that cut the rows into parts, and the one that numbers the rows. */
  places(): { readonly parts: readonly string[]; readonly number: string };
}

export function stagesOver(relation: Relation, c: Pick<Compilation, "step" | "fresh">, ahead = false): Stages {
  let from = relation.from;
  let number: string | undefined;
  const parts = relation.partition ?? [];
  const numbering = (): string => `row_number() OVER (${windowSql(relation)})`;
  const fresh = (): string => freeId(relation, `#~${c.fresh()}`);
  const stages: Stages = {
    ahead,
    relation: () => {
      if (number === undefined) return { ...relation, from };
      const column: RelationColumn = { name: "#~", type: "long", id: number, present: true };
      const order = [...(relation.order ?? []), { id: number, descending: false, nullsFirst: false }];
      return { ...relation, from, hidden: [...relation.hidden, column], order };
    },
    column: (sql) => {
      const id = fresh();
      // Rows of equal keys stand in any order, but in one: what looks at it first is made where it is written down.
      const first = number === undefined ? fresh() : undefined;
      from = c.step(`SELECT *, ${sql} AS ${id}${first ? `, ${numbering()} AS ${first}` : ""} FROM ${from}`);
      number ??= first;
      return id;
    },
    around: (step) => {
      const id = fresh();
      from = c.step(step(from, id));
      return id;
    },
    places: () => {
      if (number === undefined) {
        number = fresh();
        from = c.step(`SELECT *, ${numbering()} AS ${number} FROM ${from}`);
      }
      return { parts, number };
    },
    over: (groups = [], frame = "") => {
      if (number === undefined && groups.length === 0) return ` OVER (${`${windowSql(relation)} ${frame}`.trim()})`;
      const cut = [...parts, ...groups];
      const partition = cut.length > 0 ? `PARTITION BY ${cut.join(", ")} ` : "";
      return ` OVER (${`${partition}ORDER BY ${stages.places().number} ${frame}`.trim()})`;
    },
  };
  return stages;
}
