// Putting names and texts into SQL. Nothing from a query or a row reaches SQL by any other way.

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A text as an SQL expression. DuckDB's parser stops at NUL, so those are put together from parts. */
export function textSql(text: string): string {
  if (!text.includes("\0")) return quoted(text);
  return `(${text.split("\0").map(quoted).join(" || chr(0) || ")})`;
}

/** A path as the pattern of this one file: DuckDB takes brackets, asterisks and question marks for more than themselves. */
export const filePattern = (path: string): string => path.replace(/[*?[]/g, "[$&]");

/** A path for DuckDB to read. */
export const fileSql = (path: string): string => textSql(filePattern(path));

/** A name as an SQL identifier. */
export const nameSql = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const FUNCTIONS_WITHOUT_BRACKETS: ReadonlySet<string> = new Set([
  "user",
  "current_user",
  "session_user",
  "current_role",
  "current_catalog",
  "current_schema",
  "current_date",
  "current_time",
  "current_timestamp",
  "localtime",
  "localtimestamp",
]);

/** DuckDB takes these names, also quoted, for functions of its own in a subquery where the column is that of the query around. */
export const apartFromFunctions = (name: string): string =>
  FUNCTIONS_WITHOUT_BRACKETS.has(name.toLowerCase()) ? `${name}~` : name;

/** A text as part of a regular expression that means just this text. */
export const escapeRegex = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
