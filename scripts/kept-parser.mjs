// Where the KQL parser lies as it is once it was read and used: a snapshot of Node's heap that commands start from.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cachedDataVersionTag } from "node:v8";

/** Whatever the snapshot is made from. A change to any of it gives the snapshot another name, so that a stale one is never read. */
function partsOf(root) {
  const ours = readdirSync(join(root, "src/kql")).filter((name) => /^parser-.*\.ts$/.test(name));
  return [
    "node_modules/@kusto/language-service-next/package.json",
    ...ours.sort().map((name) => `src/kql/${name}`),
    "scripts/keep-parser.ts",
  ];
}

/**
 * The path of the snapshot that this very Node can start from, whether it is there or not; null where none could be.
 * A snapshot fits one version of Node, its flags and the processor's abilities; V8 has one number for them all.
 *
 * @param {string} root the project's folder
 * @returns {string | null}
 */
export function keptParser(root) {
  // To start from it a process has to become another one, which Windows cannot.
  if (typeof process.execve !== "function" || process.platform === "win32") return null;
  const parts = partsOf(root);
  if (!parts.every((part) => existsSync(join(root, part)))) return null;
  const hash = createHash("sha256").update(
    `${process.version} ${process.platform} ${process.arch} ${cachedDataVersionTag()}`,
  );
  for (const part of parts) hash.update(readFileSync(join(root, part)));
  return join(root, "node_modules", ".cache", "entra-hunt-responder", `parser-${hash.digest("hex").slice(0, 16)}.blob`);
}
