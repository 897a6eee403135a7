// Waiting for what a child process says.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** The match in what it has printed so far, once there is one. Throws with all of it where the process ends before. */
export async function untilPrinted(
  child: ChildProcess,
  printed: () => string,
  pattern: RegExp,
): Promise<RegExpExecArray> {
  for (;;) {
    const match = pattern.exec(printed());
    if (match) return match;
    if (child.exitCode !== null) throw new Error(`The process has ended:\n${printed()}`);
    await Promise.race([once(child.stdout!, "data"), once(child, "exit")]);
  }
}
