// Putting names and texts into SQL. Nothing from a query or a row reaches SQL by any other way.

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A text as an SQL expression. DuckDB's parser stops at NUL, so those are put together from parts. */
export function textSql(text: string): string {
  if (!text.includes("\0")) return quoted(text);
  return `(${text.split("\0").map(quoted).join(" || chr(0) || ")})`;
}

/** A name as an SQL identifier. */
export const nameSql = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text as part of a regular expression that means just this text. */
export const escapeRegex = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
