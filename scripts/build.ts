// npm run build: dist/app, what is deployed. One folder that needs no node_modules.
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rolldown } from "rolldown";

export interface Built {
  readonly folder: string;
  /** Name -> bytes. */
  readonly files: Readonly<Record<string, number>>;
  /** Of the modules that went in: paths below node_modules, or in this repository. */
  readonly modules: readonly string[];
}

const root = join(import.meta.dirname, "..");

/** Made by the worker when it loads the app; there is no such package. */
const VIRTUAL = ["@azure/functions-core"];

/** Bundles src/main.ts into `folder`, which is emptied first. */
export async function build(folder = join(root, "dist", "app")): Promise<Built> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const modules = await bundle(folder);
  const { name, version, main } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Record<
    string,
    string
  >;
  const manifest = { name, version, private: true, type: "module", main: main?.split("/").at(-1) };
  // The parts of the bundle share what lies in app.js. The worker loads an entry that none of them imports, so that the
  // functions are registered once, by whatever address it loads it.
  await writeFile(join(folder, manifest.main ?? "main.js"), 'import "./app.js";\n');
  await writeFile(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  await cp(join(root, "host.json"), join(folder, "host.json"));
  await copyHunts(folder);
  return { folder, files: await sizesIn(folder), modules };
}

async function bundle(folder: string): Promise<readonly string[]> {
  const bundled = await rolldown({
    input: { app: join(root, "src", "main.ts") },
    cwd: root,
    platform: "node",
    external: VIRTUAL,
    logLevel: "warn",
  });
  try {
    const { output } = await bundled.write({
      dir: folder,
      format: "esm",
      minify: true,
      sourcemap: false,
      // Beside the entry and not below it: what finds the hunts by the place of its file finds them from any chunk.
      entryFileNames: "[name].js",
      chunkFileNames: "[name]-[hash].js",
    });
    return output.flatMap((part) => (part.type === "chunk" ? part.moduleIds : []));
  } finally {
    await bundled.close();
  }
}

async function copyHunts(folder: string): Promise<void> {
  const from = join(root, "src", "hunts");
  const to = join(folder, "hunts");
  await mkdir(to);
  const names = (await readdir(from)).filter((name) => /\.(yaml|kql)$/.test(name));
  await Promise.all(names.map((name) => cp(join(from, name), join(to, name))));
}

async function sizesIn(folder: string): Promise<Readonly<Record<string, number>>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const sizes = names.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    return [path.slice(folder.length + 1), (await readFile(path)).length] as const;
  });
  return Object.fromEntries(await Promise.all(sizes));
}

if (import.meta.main) {
  const { folder, files } = await build();
  for (const [name, bytes] of Object.entries(files))
    console.log(`${(bytes / 1024).toFixed(1).padStart(9)} kB  ${name}`);
  console.log(`Built ${folder}`);
}
