// Paths of files, command lines, and sizes as people write them. Null says that no page tells what the service gives.
import type { NativeFunction } from "../functions/registry.ts";

const SEPARATOR = /[\\/]/;

/** learn.microsoft.com/kusto/query/parse-path-function */
function parsePath(path: string): Record<string, string> | null {
  const [, scheme = "", rest = ""] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?(.*)$/s.exec(path) ?? [];
  const [, drive = "", below = ""] = /^([A-Za-z]:)?(.*)$/s.exec(rest) ?? [];
  if (path === "" || (scheme !== "" && (scheme !== "file" || drive === "")) || /^\\\\[?.]\\/.test(path)) return null;
  const cut = Math.max(below.lastIndexOf("\\"), below.lastIndexOf("/"));
  const [filename = "", stream = "", ...more] = below.slice(cut + 1).split(":");
  const directory = below.slice(0, Math.max(cut, 0));
  // A drive without a directory, what lies at a root, and a name of which only an end is given.
  if (more.length > 0 || /^[\\/]*$/.test(directory) !== cut < 0 || (drive !== "" && !SEPARATOR.test(below[0] ?? "")))
    return null;
  if (/:/.test(directory) || SEPARATOR.test(directory.at(-1) ?? "") || filename === "" || /^\.|\.$/.test(filename))
    return null;
  return {
    Scheme: scheme,
    RootPath: drive,
    DirectoryPath: drive + directory,
    DirectoryName: directory.split(SEPARATOR).at(-1) ?? "",
    Filename: filename,
    Extension: /\.([^.]+)$/.exec(filename)?.[1] ?? "",
    AlternateDataStreamName: stream,
  };
}

/**
 * The rules of CommandLineToArgvW: learn.microsoft.com/windows/win32/api/shellapi/nf-shellapi-commandlinetoargvw. The name of
 * the program, which comes first, knows no backslashes.
 */
function parseCommandLine(line: string): string[] | null {
  if (line === "") return null;
  const program = /^(?:"([^"]*)"?|([^\s"]*))(?=\s|$)/.exec(line);
  if (!program) return null;
  const found = [program[1] ?? program[2] ?? ""];
  let [argument, begun, quoted] = ["", false, false];
  const end = (): void => {
    if (begun) found.push(argument);
    [argument, begun] = ["", false];
  };
  for (let i = program[0].length; i < line.length; ) {
    const slashes = /^\\+/.exec(line.slice(i))?.[0].length ?? 0;
    i += slashes;
    const quote = line[i] === '"';
    if (slashes > 0) begun = true;
    argument += "\\".repeat(quote ? Math.floor(slashes / 2) : slashes);
    if (quote) {
      const literal = slashes % 2 === 1;
      // A quotation mark right behind a closing one is not in the rules.
      if (!literal && quoted && line[i + 1] === '"') return null;
      if (literal) argument += '"';
      else quoted = !quoted;
      begun = true;
      i++;
    } else if (slashes === 0) {
      const c = line[i++] ?? "";
      if (!quoted && /[ \t]/.test(c)) end();
      else [argument, begun] = [argument + c, true];
    }
  }
  end();
  return found;
}

const UNITS = ["Bytes", "KB", "MB", "GB", "TB", "PB", "EB"];

/** The page prints no size that is negative, ends in a zero behind the point, or lies halfway between two. */
function formatBytes(size: number, precision: number, unit: string): string | null {
  const chosen = unit === "" ? UNITS.findLastIndex((_, i) => size >= 1024 ** i) : UNITS.indexOf(unit);
  const at = unit === "" && size < 1 ? 0 : chosen;
  if (!(size >= 0) || !Number.isFinite(size) || at < 0 || !(precision >= 0 && precision <= 15)) return null;
  const value = size / 1024 ** at;
  const rounded = value.toFixed(precision);
  const halfway = Math.abs(Math.abs(value - Number(rounded)) * 10 ** precision - 0.5) < 1e-9;
  const ragged = precision > 0 && rounded.endsWith("0") && value !== 0;
  return halfway || ragged || Number(rounded) >= 1024 ** (unit === "" ? 1 : 7) ? null : `${rounded} ${UNITS[at]}`;
}

export const pathFunctions: readonly NativeFunction[] = [
  {
    name: "kql_parse_path",
    arguments: 1,
    run: (path) => {
      const parts = parsePath(path ?? "");
      return parts && JSON.stringify(parts);
    },
  },
  {
    name: "kql_parse_command_line",
    arguments: 1,
    run: (line) => {
      const parts = parseCommandLine(line ?? "");
      return parts && JSON.stringify(parts);
    },
  },
  {
    name: "kql_format_bytes",
    arguments: 3,
    run: (size, precision, unit) => formatBytes(Number(size), Number(precision), unit ?? ""),
  },
];
