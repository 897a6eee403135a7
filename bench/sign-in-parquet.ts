// Made-up sign-ins as Parquet, made inside DuckDB, because ten million rows of 2 KB are 20 GB as NDJSON. Fourteen days,
// ordered by time, twenty thousand accounts, about four rows in a hundred failed, a spray every few hours. A tenth is
// made in full and repeated with times and ids of its own, because making a value costs more than writing it.
import { DuckDBInstance } from "@duckdb/node-api";

export const SIGN_IN_TABLES = ["SigninLogs", "AADNonInteractiveUserSignInLogs"] as const;
export const START = Date.UTC(2026, 10, 7);
export const DAYS = 14;

const PARTS = 10;
const ACCOUNTS = 20_000;
const FAILURES = [
  "50126",
  "50126",
  "50126",
  "50053",
  "50055",
  "50034",
  "50020",
  "50076",
  "50140",
  "53003",
  "50144",
  "50056",
];
const APPS = [
  "Azure Portal",
  "Microsoft Teams",
  "Office 365 Exchange Online",
  "Microsoft Graph",
  "Azure Active Directory PowerShell",
  "My Apps",
  "SharePoint Online",
  "Microsoft Authentication Broker",
  "OneDrive",
  "Power BI Service",
  "Microsoft Office",
  "Windows Sign In",
];
const CITIES = [
  ["DE", "Bavaria", "Munich"],
  ["DE", "Berlin", "Berlin"],
  ["US", "Washington", "Seattle"],
  ["FR", "", "Paris"],
  ["GB", "England", "London"],
  ["NL", "Utrecht", "Utrecht"],
  ["SE", "", ""],
  ["IN", "Karnataka", "Bengaluru"],
];

const list = (values: readonly string[]): string => `[${values.map((value) => `'${value}'`).join(", ")}]`;
/** A number below `below` that depends on the row and the purpose alone. */
const pick = (purpose: number, below: number): string => `(hash(i * 31 + ${purpose}) % ${below})::BIGINT`;
const oneOf = (values: readonly string[], index: string): string => `${list(values)}[1 + ${index}]`;
/** An id that looks like one: `kind` is its first digit, the rest is the number. */
const guid = (kind: string, number: string): string =>
  `('${kind}0000000-0000-4000-8000-' || lpad((${number})::VARCHAR, 12, '0'))`;

/** One part. `dynamic` columns of SigninLogs are strings in the other table. */
function partSql(rows: number, interactive: boolean): string {
  const json = interactive ? "::JSON" : "";
  const place = (part: number): string =>
    oneOf(
      CITIES.map((city) => city[part] ?? ""),
      "place",
    );
  return `
WITH numbered AS (
  SELECT i, make_timestamp(${START * 1000} + i * ${(DAYS * 86_400_000_000) / PARTS} // ${rows}) AS moment,
    ${pick(1, 100)} < 4 AS failed, (${pick(2, ACCOUNTS)} * ${pick(3, ACCOUNTS)}) // ${ACCOUNTS} AS account,
    ${pick(4, APPS.length)} AS app, ${pick(5, CITIES.length)} AS place, i % ${Math.floor(rows / 8)} < 300 AS spray
  FROM range(${rows}) AS numbers(i)
), coded AS (
  SELECT *, CASE WHEN spray THEN '50126' WHEN failed THEN ${oneOf(FAILURES, pick(6, FAILURES.length))} ELSE '0' END AS code,
    CASE WHEN spray THEN '203.0.113.' || (${pick(7, 40)})::VARCHAR ELSE '198.51.' || (account % 100)::VARCHAR || '.' || (${pick(8, 3)} + account % 200)::VARCHAR END AS ip
  FROM numbered
)
SELECT i, moment AS "TimeGenerated", moment AS "CreatedDateTime", '' AS "Id", '' AS "CorrelationId",
  code AS "ResultType", CASE code WHEN '0' THEN '' WHEN '50126' THEN 'Error validating credentials due to invalid username or password.'
    WHEN '50053' THEN 'The account is locked.' ELSE 'Error ' || code || '.' END AS "ResultDescription",
  'User ' || account AS "UserDisplayName", 'user' || account || '@contoso.example' AS "UserPrincipalName",
  ${guid("a", "account")} AS "UserId", ip AS "IPAddress", (64496 + ${pick(9, 16)})::VARCHAR AS "AutonomousSystemNumber",
  ${oneOf(APPS, "app")} AS "AppDisplayName", ${guid("b", "app")} AS "AppId", ${place(0)} AS "Location",
  'Windows Azure Service Management API' AS "ResourceDisplayName", CASE WHEN ${pick(10, 5)} = 0 THEN 'Mobile Apps and Desktop clients' ELSE 'Browser' END AS "ClientAppUsed",
  CASE WHEN spray OR ${pick(11, 3)} > 0 THEN 'singleFactorAuthentication' ELSE 'multiFactorAuthentication' END AS "AuthenticationRequirement",
  'oAuth2' AS "AuthenticationProtocol", '${interactive ? "SignInLogs" : "NonInteractiveUserSignInLogs"}' AS "Category",
  ${interactive} AS "IsInteractive", 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/' || (120 + ${pick(12, 18)}) || '.0.0.0 Safari/537.36' AS "UserAgent",
  ('{"deviceId":"","operatingSystem":"' || ${oneOf(["Windows10", "Windows11", "MacOs", "Ios 18", "Android"], pick(13, 5))} || '","browser":"Edge 13' || ${pick(14, 9)} || '.0.0"}')${json} AS "DeviceDetail",
  ('{"errorCode":' || code || ',"additionalDetails":"' || CASE WHEN code = '0' THEN 'MFA requirement satisfied by claim in the token' ELSE '' END || '"}')${json} AS "Status",
  ('{"city":"' || ${place(2)} || '","state":"' || ${place(1)} || '","countryOrRegion":"' || ${place(0)} || '","geoCoordinates":{"latitude":48.1,"longitude":11.5}}')${json} AS "LocationDetails",
  '[{"authenticationMethod":"Password","succeeded":' || (code = '0') || '}]' AS "AuthenticationDetails"
FROM coded`;
}

const repeated = (part: number, rows: number): string => {
  const later = `to_microseconds(${(part * DAYS * 86_400_000_000) / PARTS})`;
  return `SELECT * EXCLUDE (i) REPLACE ("TimeGenerated" + ${later} AS "TimeGenerated", "CreatedDateTime" + ${later} AS "CreatedDateTime",
    md5((i + ${part * rows})::VARCHAR)::UUID::VARCHAR AS "Id", ${guid("c", `i + ${part * rows}`)} AS "CorrelationId") FROM part`;
};

/** One file for each sign-in table. */
export async function writeSignInParquet(folder: string, rows: number): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:", { memory_limit: "2GB", temp_directory: `${folder}/making` });
  const connection = await instance.connect();
  const each = Math.floor(rows / PARTS);
  for (const table of SIGN_IN_TABLES) {
    await connection.run(`CREATE OR REPLACE TABLE part AS ${partSql(each, table === "SigninLogs")}`);
    const all = Array.from({ length: PARTS }, (_, part) => repeated(part, each)).join(" UNION ALL ");
    await connection.run(`COPY (${all}) TO '${folder}/${table}.parquet' (FORMAT parquet, COMPRESSION zstd)`);
  }
  connection.closeSync();
  instance.closeSync();
}
