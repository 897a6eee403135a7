// The sample tenant written by a thread of its own: making it takes a second in which the caller can do something else.
import { Worker } from "node:worker_threads";
import type { SampleTenantOptions } from "./generate-sample-tenant.ts";
import type { WrittenTenant } from "./write-sample-tenant.ts";

export interface WritingOrder {
  readonly folder: string;
  readonly options: SampleTenantOptions;
}

/** As writeSampleTenant; what goes wrong over there is thrown here. */
export function writeInThread(folder: string, options: SampleTenantOptions): Promise<WrittenTenant> {
  const { promise, resolve, reject } = Promise.withResolvers<WrittenTenant>();
  const workerData: WritingOrder = { folder, options };
  const thread = new Worker(new URL("./writing-thread.ts", import.meta.url), { workerData });
  thread.once("message", resolve);
  thread.once("error", reject);
  // Only where it ended without a word does this still say anything.
  thread.once("exit", (code) => reject(new Error(`The thread that makes the sample tenant ended with ${code}.`)));
  return promise;
}
