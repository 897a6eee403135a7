// A workspace on loopback: the embedded engine answers, in the shapes in which the service does.
import type { Engine, QueryResult } from "../../src/kql/engine.ts";
import { KqlError } from "../../src/kql/kql-error.ts";
import { parseInstant } from "../../src/time.ts";
import type { Answerer, Reply } from "./loopback.ts";

export function workspaceOver(engine: Engine): Answerer {
  return async ({ body }) => {
    const { query, timespan } = JSON.parse(body) as { query: string; timespan: string };
    const [from = "", to = ""] = timespan.split("/");
    const window = { from: Number(parseInstant(from)), to: Number(parseInstant(to)) };
    try {
      return {
        headers: { "content-type": "application/json" },
        body: answerText(await engine.query(query, { window })),
      };
    } catch (error) {
      if (error instanceof KqlError) return refusal(error);
      throw error;
    }
  };
}

function answerText({ columns, rows }: QueryResult): string {
  const cells = rows.map((row) => row.map((value, index) => onTheWire(value, columns[index]?.type ?? "dynamic")));
  return JSON.stringify({
    tables: [{ name: "PrimaryResult", columns: columns.map(({ name, type }) => ({ name, type })), rows: cells }],
  });
}

// Not in the types yet: text that goes into JSON as it is (https://tc39.es/proposal-json-parse-with-source/).
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** Dynamic cells travel as texts, and so does everything that JSON has no type for but long numbers. */
function onTheWire(value: unknown, type: string): unknown {
  if (type === "long" && typeof value === "string") return rawJSON(value);
  return type === "dynamic" && typeof value === "object" && value !== null ? JSON.stringify(value) : value;
}

const TABLE_UNKNOWN = /'([^']+)' does not refer to any known table/;

function refusal({ code, message, line, column }: KqlError): Reply {
  const table = TABLE_UNKNOWN.exec(message)?.[1];
  const inner =
    table === undefined
      ? { code, message, line, pos: column }
      : { code: "SEM0100", message: `'where' operator: Failed to resolve table or column expression named '${table}'` };
  const innererror = { code: "SemanticError", message: "A semantic error occurred.", innererror: inner };
  return {
    status: 400,
    body: { error: { code: "BadArgumentError", message: "The request had some invalid properties", innererror } },
  };
}
