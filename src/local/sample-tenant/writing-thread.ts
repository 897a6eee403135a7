// The thread behind write-in-thread.ts: writes the tenant that it was started with, and says what was written.
import { parentPort, workerData } from "node:worker_threads";
import type { WritingOrder } from "./write-in-thread.ts";
import { writeSampleTenant } from "./write-sample-tenant.ts";

const { folder, options } = workerData as WritingOrder; // as write-in-thread.ts started it
parentPort?.postMessage(await writeSampleTenant(folder, options));
