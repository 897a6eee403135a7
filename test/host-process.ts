// The local host as somebody starts it, in a process of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { iso } from "../src/time.ts";
import type { TestSignIn } from "./tenant.ts";

const root = join(import.meta.dirname, "..");

export interface HostProcess {
  readonly child: ChildProcess;
  /** Everything that it has printed so far. */
  printed(): string;
  /** The match in what it has printed, once there is one. Throws with all of it where the process ends before. */
  prints(pattern: RegExp): Promise<RegExpExecArray>;
}

export interface ServingHost extends HostProcess {
  readonly url: string;
  /** Of the functions and of the timers. */
  readonly keys: readonly string[];
}

/** Starts it, with these of its options and nothing else in its environment than this. */
export function startHost(args: readonly string[], environment: NodeJS.ProcessEnv): HostProcess {
  const child = spawn(process.execPath, ["scripts/run.mjs", "src/host.ts", ...args], { cwd: root, env: environment });
  const ended = once(child, "exit");
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  return {
    child,
    printed: () => printed,
    async prints(pattern) {
      for (;;) {
        const match = pattern.exec(printed);
        if (match) return match;
        if (child.exitCode !== null) throw new Error(`The process has ended:\n${printed}`);
        await Promise.race([once(child.stdout, "data"), ended]);
      }
    },
  };
}

/** Starts it on any port and waits until it serves. */
export async function serveHost(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<ServingHost> {
  const host = startHost(["--port", "0", ...args], environment);
  const [, url = ""] = await host.prints(/GET\s+(http:\/\/127\.0\.0\.1:\d+)\/api\/hunts/);
  await host.prints(/for \/admin/);
  const keys = [...host.printed().matchAll(/x-functions-key: (\S+)/g)].map((match) => match[1] ?? "");
  return { ...host, url, keys };
}

/** A folder of logs that holds these sign-ins, none of them interactive. */
export async function writeSignIns(folder: string, signIns: readonly TestSignIn[]): Promise<void> {
  const rows = signIns.map(({ at, account, code, address }, n) => ({
    TimeGenerated: iso(at),
    Id: `sign-in-${n}`,
    UserId: `user-${account}`,
    UserPrincipalName: account,
    ResultType: code,
    IPAddress: address,
    AuthenticationRequirement: "singleFactorAuthentication",
    AutonomousSystemNumber: "64511",
    IsInteractive: false,
    AuthenticationProtocol: code === "0" ? "ropc" : "none",
  }));
  await writeFile(
    join(folder, "AADNonInteractiveUserSignInLogs.ndjson"),
    rows.map((row) => JSON.stringify(row)).join("\n"),
  );
}
