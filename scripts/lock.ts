// npm run lock: writes a package-lock.json that `npm ci` accepts on every platform. npm leaves the optional packages of
// other platforms out where a registry does not hold them all, and then refuses its own lock file elsewhere.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

interface LockedPackage {
  version?: string;
  optionalDependencies?: Record<string, string>;
  dev?: boolean;
  [key: string]: unknown;
}
interface Lock {
  packages: Record<string, LockedPackage>;
}

const SYSTEMS = ["darwin", "win32", "linux", "android", "freebsd", "openharmony", "openbsd", "netbsd", "sunos", "aix"];
const PROCESSORS = ["arm64", "x64", "ia32", "arm", "ppc64", "s390x", "riscv64", "loong64", "mips64el", "wasm32"];

/** Such packages say in their names what they are for: "@biomejs/cli-linux-x64-musl". */
function platformOf(name: string): Record<string, readonly string[]> {
  const words = name.split(/[-_/]/);
  const os = SYSTEMS.find((each) => words.includes(each));
  const cpu = PROCESSORS.find((each) => words.includes(each));
  const libc = words.includes("musl") || name.includes("musl") ? "musl" : words.includes("gnu") ? "glibc" : undefined;
  return { ...(os ? { os: [os] } : {}), ...(cpu ? { cpu: [cpu] } : {}), ...(libc ? { libc: [libc] } : {}) };
}

/** Where Node would look for `name` from `path`, the nearest first. */
function* placesOf(path: string, name: string): Generator<string> {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    yield `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    if (folder === "" || !folder.includes("/node_modules/")) {
      if (folder !== "") yield `node_modules/${name}`;
      return;
    }
  }
}

function complete(lock: Lock): number {
  let added = 0;
  for (const [path, { optionalDependencies = {}, dev }] of Object.entries({ ...lock.packages })) {
    for (const [name, range] of Object.entries(optionalDependencies)) {
      const version = range.replace(/^[\^~]/, "");
      const place = [...placesOf(path, name)].find((each) => each in lock.packages);
      const fits = place !== undefined && (!/^\d/.test(range) || lock.packages[place]?.version === range);
      if (fits) continue;
      const at = place === undefined ? `node_modules/${name}` : `${path}/node_modules/${name}`;
      lock.packages[at] = { version, ...(dev ? { dev } : {}), optional: true, ...platformOf(name) };
      added += 1;
    }
  }
  return added;
}

const npm = spawnSync("npm", ["install", "--package-lock-only", "--no-audit", "--no-fund"], {
  stdio: "inherit",
  shell: process.platform === "win32",
});
if (npm.status !== 0) process.exit(npm.status ?? 1);
const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as Lock; // npm's own file
const added = complete(lock);
const sorted = Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1));
// Addresses of a registry are a matter of whoever installs; npm finds a package by name, version and integrity.
for (const [, locked] of sorted) delete locked.resolved;
writeFileSync("package-lock.json", `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
console.log(`package-lock.json: ${sorted.length} packages, ${added} of other platforms added.`);
