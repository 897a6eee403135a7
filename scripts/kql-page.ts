// Writes docs/kql.md, the page of what the embedded engine supports, from the engine's own registries.
import { writeFileSync } from "node:fs";
import { kqlPage } from "../src/kql/supported-page.ts";

writeFileSync(new URL("../docs/kql.md", import.meta.url), kqlPage());
