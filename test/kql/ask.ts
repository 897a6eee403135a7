// One engine for all test files of a worker (it ends with the process), and asking it in one line.
import { type Engine, openEngine, type QueryOptions } from "../../src/kql/engine.ts";
import { KqlError } from "../../src/kql/kql-error.ts";

export const engine: Engine = await openEngine({ threads: 1 });

export const rowsOf = async (kql: string, options: QueryOptions = {}): Promise<readonly (readonly unknown[])[]> =>
  (await engine.query(kql, options)).rows;

/** The single cell of `print`. */
export const cellOf = async (expression: string, options: QueryOptions = {}): Promise<unknown> =>
  (await rowsOf(`print x = ${expression}`, options))[0]?.[0];

export const columnsOf = async (kql: string): Promise<string> =>
  (await engine.query(kql)).columns.map(({ name, type }) => `${name}:${type}`).join(", ");

/** Why a query has no answer, with its place. */
export async function refusalOf(kql: string, options: QueryOptions = {}): Promise<string> {
  try {
    await engine.query(kql, options);
  } catch (error) {
    if (error instanceof KqlError) return `${error.code} ${error.line}:${error.column} ${error.message}`;
    throw error;
  }
  return "answered";
}
