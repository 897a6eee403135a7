// Every native function, and handing them to DuckDB.
import { type DuckDBConnection, DuckDBScalarFunction, VARCHAR } from "@duckdb/node-api";
import type { NativeFunction } from "../functions/registry.ts";
import { addressFunctions } from "./addresses.ts";
import { dateFunctions } from "./dates.ts";
import { encodingFunctions } from "./encoding.ts";
import { jsonFunctions } from "./json.ts";
import { pathFunctions } from "./paths.ts";
import { specialFunctions } from "./special.ts";
import { textFunctions } from "./text.ts";
import { xmlFunctions } from "./xml.ts";

export const nativeFunctions: readonly NativeFunction[] = [
  ...addressFunctions,
  ...dateFunctions,
  ...jsonFunctions,
  ...textFunctions,
  ...encodingFunctions,
  ...pathFunctions,
  ...specialFunctions,
  ...xmlFunctions,
];

/** They belong to the database, so every connection has them. */
export function registerNatives(connection: DuckDBConnection): void {
  for (const native of nativeFunctions) connection.registerScalarFunction(scalarFunction(native));
}

function scalarFunction(native: NativeFunction): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name: native.name,
    returnType: VARCHAR,
    parameterTypes: Array.from({ length: native.arguments }, () => VARCHAR),
    // Null arguments are for the function to judge.
    specialHandling: true,
    mainFunction: (call, input, output) => {
      try {
        const vectors = Array.from({ length: native.arguments }, (_, i) => input.getColumnVector(i));
        for (let row = 0; row < input.rowCount; row++) {
          output.setItem(row, native.run(...vectors.map((vector) => vector.getItem(row) as string | null)));
        }
        output.flush();
      } catch (error) {
        call.setError(`${native.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  });
}
