import { fileURLToPath } from "node:url";

/** Where the team's exclusions lie that hold in the sample tenant, by hunt. */
export const SAMPLE_EXCLUSIONS = fileURLToPath(new URL("exclusions.yaml", import.meta.url));
