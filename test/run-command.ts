// One of the commands as somebody types it, in a process of its own.
import { spawn } from "node:child_process";
import { join } from "node:path";

export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export function runCommand(...args: readonly string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const cwd = join(import.meta.dirname, "..");
    const child = spawn(process.execPath, ["scripts/run.mjs", "src/cli.ts", ...args], { cwd });
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, out, err }));
  });
}
