// What Microsoft's own schema and renderer say of a card.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import type { Card } from "../../src/ports.ts";

const require = createRequire(import.meta.url);
// The package's ES modules do not load in Node.
const renderer: typeof import("adaptivecards") = require("adaptivecards/dist/adaptivecards.js");

const { $schema, id, ...schema } = JSON.parse(
  readFileSync(new URL("./schemas/adaptive-card-1.5.json", import.meta.url), "utf8"),
);
const ajv = new Ajv({ strict: false });
// The package is CommonJS: its default is the module itself.
(addFormats as unknown as (ajv: Ajv) => void)(ajv);
const matches = ajv.compile(schema);

/** Faults against the 1.5 schema, Teams' own key taken off first. */
export function schemaFaults(card: Card): readonly string[] {
  const { msteams, ...plain } = card;
  return matches(plain) ? [] : (matches.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

/** What the official renderer complains about when it reads the card. */
export function rendererFaults(card: Card): readonly string[] {
  // Its pattern for `lang` remembers where it last matched, so that every second card fails; the schema checks it too.
  const { msteams, lang, ...plain } = card;
  const context = new renderer.SerializationContext(renderer.Versions.v1_5);
  const parsed = new renderer.AdaptiveCard();
  parsed.parse(plain, context);
  const events = Array.from({ length: context.eventCount }, (_, at) => context.getEventAt(at).message);
  return [...events, ...parsed.validateProperties().validationEvents.map((event) => event.message)];
}
