// The text of a rule file -> a hunt, or every fault of it with file, line and field.
import { type Document, isScalar, LineCounter, type ParsedNode, parseAllDocuments } from "yaml";
import { Problem, problemTexts } from "../problems.ts";
import { type Hunt, huntSchema } from "./hunt.ts";

export interface RuleFile {
  /** The path as the reader should see it. */
  readonly file: string;
  readonly text: string;
}

export type Read =
  | { readonly kind: "hunt"; readonly hunt: Hunt }
  | { readonly kind: "faults"; readonly faults: readonly Problem[] };

/** Rules are pasted around as Markdown; a fence around the YAML is blanked so that line numbers stay right. */
function withoutFences(text: string): string {
  return text.replace(/^\uFEFF/, "").replace(/^[ \t]*(?:```|~~~)[\w-]*[ \t]*\r?$/gm, "");
}

export function slugOf(file: string): string {
  const name = file.split(/[\\/]/).at(-1) ?? file;
  return name.replace(/\.(?:ya?ml)$/i, "");
}

type Path = readonly (string | number)[];

/** The line of the deepest node on the way to `path` that is there. */
function lineOf(document: Document<ParsedNode>, lines: LineCounter, path: Path): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    const start = (node as ParsedNode | undefined | null)?.range?.[0];
    if (start !== undefined) return lines.linePos(start).line;
  }
  return 1;
}

const fieldName = (path: Path): string =>
  path
    .map((part) => (typeof part === "number" ? `[${part}]` : part))
    .join(".")
    .replaceAll(".[", "[") || "file";

const ADVICE: Readonly<Record<string, string>> = {
  id: "Give the rule an id, a GUID that never changes.",
  name: "Give the rule a name.",
  query: "Give the rule a KQL query.",
  queryFrequency: "Write 5m, 1h or 14d.",
  queryPeriod: "Write 5m, 1h or 14d.",
};
const adviceFor = (path: Path): string =>
  ADVICE[String(path[0])] ??
  (path[0] === "responder"
    ? "See docs/hunts.md for the key `responder`."
    : "Compare with Microsoft Sentinel's rule format.");

export function readHunt({ file, text }: RuleFile): Read {
  const lines = new LineCounter();
  const fault = (line: number, field: string, seen: string, advice: string): Problem =>
    new Problem(problemTexts.huntFile(file, line, field, seen, advice));
  const parsed = parseAllDocuments(withoutFences(text), {
    lineCounter: lines,
    prettyErrors: false,
    strict: false,
    uniqueKeys: true,
  });
  const documents =
    "empty" in parsed ? [] : parsed.filter((document) => document.contents !== null || document.errors.length > 0);
  const syntax = documents.flatMap((document) => document.errors);
  if (syntax.length > 0) {
    return {
      kind: "faults",
      faults: syntax.map((error) =>
        fault(
          lines.linePos(error.pos[0]).line,
          "YAML",
          error.message,
          "Correct the YAML; a tab or a wrong indent is the usual cause.",
        ),
      ),
    };
  }
  const filled = documents.filter((document) => !isScalar(document.contents) || document.contents.value !== null);
  const [document] = filled;
  if (!document)
    return { kind: "faults", faults: [fault(1, "file", "it holds nothing", "Write the rule, or remove the file.")] };
  if (filled.length > 1) {
    const second = lineOf(filled[1] as Document<ParsedNode>, lines, []);
    return {
      kind: "faults",
      faults: [fault(second, "file", `it holds ${filled.length} rules`, "Keep one rule in a file.")],
    };
  }
  const content: unknown = document.toJS();
  if (content === null || typeof content !== "object" || Array.isArray(content)) {
    return {
      kind: "faults",
      faults: [fault(1, "file", "it is not a rule but a list or a text", "Begin with `id:`, `name:` and `query:`.")],
    };
  }
  const read = huntSchema.safeParse(content);
  if (!read.success) {
    return {
      kind: "faults",
      faults: read.error.issues.map((issue) => {
        const path = issue.path as Path;
        return fault(
          lineOf(document as Document<ParsedNode>, lines, path),
          fieldName(path),
          issue.message,
          adviceFor(path),
        );
      }),
    };
  }
  // A block scalar's text begins on the line after its marker.
  const query = document.get("query", true) as { range?: readonly [number, number, number]; type?: string } | undefined;
  const marker = query?.range ? lines.linePos(query.range[0]).line : 1;
  const queryLine = query?.type?.startsWith("BLOCK") ? marker + 1 : marker;
  return { kind: "hunt", hunt: { ...read.data, slug: slugOf(file), file, queryLine } };
}

/** Reads several files; throws nothing. Hunts that share an id or a slug are a fault of the later one. */
export function readHunts(files: readonly RuleFile[]): {
  readonly hunts: readonly Hunt[];
  readonly faults: readonly Problem[];
} {
  const hunts: Hunt[] = [];
  const faults: Problem[] = [];
  for (const file of files) {
    const read = readHunt(file);
    if (read.kind === "faults") {
      faults.push(...read.faults);
      continue;
    }
    const twin = hunts.find(
      (hunt) => hunt.id.toLowerCase() === read.hunt.id.toLowerCase() || hunt.slug === read.hunt.slug,
    );
    if (twin) {
      const what = twin.slug === read.hunt.slug ? `the name "${twin.slug}"` : `the id ${twin.id}`;
      faults.push(
        new Problem(
          problemTexts.huntFile(
            file.file,
            1,
            "id",
            `${what} is taken by ${twin.file}`,
            "Give each rule its own id and file name.",
          ),
        ),
      );
      continue;
    }
    hunts.push(read.hunt);
  }
  return { hunts, faults };
}
