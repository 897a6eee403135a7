// Reads the hunts, the questions beside them and a team's exclusions from files.
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseDocument } from "yaml";
import * as z from "zod";
import { adjustGrading, adjustmentsSchema, type GradingTable, gradingTable } from "./findings/grading-table.ts";
import { type Exclusion, exclusionSchema } from "./hunts/exclusion.ts";
import type { Hunt } from "./hunts/hunt.ts";
import { QUESTION_FILES, type Questions } from "./hunts/questions.ts";
import { type RuleFile, readHunts } from "./hunts/read-hunt.ts";
import { Problem, Problems, problemTexts } from "./problems.ts";

/** Where the hunts of this product lie: beside the sources, and beside the bundle that is made of them. */
export const HUNTS_FOLDER = join(import.meta.dirname, "hunts");

const isRule = (name: string): boolean => /\.ya?ml$/i.test(name);
const shown = (path: string): string => {
  const short = relative(process.cwd(), path);
  return short === "" || short.startsWith("..") ? path : short;
};

async function ruleFile(path: string): Promise<RuleFile> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Problem(problemTexts.unreadableFile(path, error.code ?? error.message), error);
  });
  return { file: shown(path), text };
}

/** The rule files of a folder and its folders, or the file itself, in order of their names. Throws a Problem where there is none. */
export async function ruleFiles(path: string): Promise<readonly RuleFile[]> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new Problem(problemTexts.noSuchFile(path));
  if (found.isFile()) return [await ruleFile(path)];
  const names = await readdir(path, { recursive: true });
  const rules = names.filter((name) => isRule(name) && !name.split(/[\\/]/).includes("node_modules")).toSorted();
  if (rules.length === 0) throw new Problem(problemTexts.noRules(path));
  return Promise.all(rules.map((name) => ruleFile(join(path, name))));
}

/** Throws Problems that name every broken file. */
export async function readRules(paths: readonly string[]): Promise<readonly Hunt[]> {
  const files = (await Promise.all(paths.map(ruleFiles))).flat();
  const { hunts, faults } = readHunts(files);
  if (faults.length > 0) throw new Problems(faults);
  return hunts;
}

export async function readQuestions(): Promise<Questions> {
  const entries = Object.entries(QUESTION_FILES).map(async ([name, file]) => [
    name,
    await readFile(join(HUNTS_FOLDER, file), "utf8"),
  ]);
  return Object.fromEntries(await Promise.all(entries)) as Questions; // the keys are those of QUESTION_FILES
}

const exclusionsSchema = z.record(z.string(), z.array(exclusionSchema));

/** A team's own exclusions: hunt's name -> exclusions. Throws Problems with file and field. */
export const readExclusions = (path: string): Promise<Readonly<Record<string, readonly Exclusion[]>>> =>
  readTeamFile(path, exclusionsSchema, "See docs/hunts.md for exclusions.");

/** Our table of grades with a team's own lines over it, which it names. Throws Problems with file and field. */
export async function readGrading(path: string): Promise<GradingTable> {
  const adjustments = await readTeamFile(
    path,
    adjustmentsSchema,
    "See docs/hunts.md for the table of grades; every line names its source.",
  );
  return adjustGrading(gradingTable, adjustments);
}

/** YAML that a team writes. `advice` says where its form is told. Throws Problems with file and field. */
export async function readTeamFile<T>(path: string, schema: z.ZodType<T>, advice: string): Promise<T> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) throw new Problem(problemTexts.noSuchFile(path));
  const document = parseDocument(text);
  const read = schema.safeParse(document.errors.length > 0 ? null : (document.toJS() ?? {}));
  if (document.errors.length === 0 && read.success) return read.data;
  const seen =
    document.errors.length > 0
      ? document.errors.map((error) => ({ path: ["YAML"], message: error.message }))
      : (read.error?.issues ?? []);
  throw new Problems(
    seen.map((issue) => {
      const line = text.slice(0, placeOf(issue.path, document)).split("\n").length;
      return new Problem(problemTexts.huntFile(shown(path), line, issue.path.join("."), issue.message, advice));
    }),
  );
}

/** Where a field stands; of one that is missing, where it should. */
function placeOf(path: readonly PropertyKey[], document: ReturnType<typeof parseDocument>): number {
  const node = document.getIn(path, true) as { range?: readonly number[] } | undefined; // any node of the YAML parser
  const from = node?.range?.[0];
  return from ?? (path.length === 0 ? 0 : placeOf(path.slice(0, -1), document));
}
