// Both hunts as somebody would write them in SQL for DuckDB who knows the tables: the same rows and columns, nothing more.

type ByHand = (relation: string, from: string, to: string) => string;

const portal: ByHand = (relation, from, to) => `
SELECT "UserDisplayName", "UserPrincipalName", "AppDisplayName", "ResultType", "ResultDescription",
  coalesce("Status"->>'$.errorCode', '') AS "StatusCode", coalesce("Status"->>'$.additionalDetails', '') AS "StatusDetails",
  "Location", coalesce("LocationDetails"->>'$.state', '') AS "State",
  min("TimeGenerated") AS "StartTime", max("TimeGenerated") AS "EndTime",
  to_json(list_sort(list(DISTINCT "IPAddress"))[:128]) AS "IPAddresses", count(DISTINCT "IPAddress") AS "DistinctIPCount",
  to_json(list_sort(list(DISTINCT "DeviceDetail"->>'$.operatingSystem'))[:128]) AS "set_OS",
  to_json(list_sort(list(DISTINCT "DeviceDetail"->>'$.browser'))[:128]) AS "set_Browser",
  to_json(list_sort(list(DISTINCT coalesce("LocationDetails"->>'$.city', '')))[:128]) AS "set_City",
  count(*) AS "AttemptCount", min("TimeGenerated") AS "timestamp", "UserPrincipalName" AS "AccountCustomEntity"
FROM ${relation}
WHERE "TimeGenerated" >= ${from} AND "TimeGenerated" < ${to}
  AND contains(lower("AppDisplayName"), 'azure portal') AND "ResultType" IN ('50126', '50020')
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
ORDER BY "AttemptCount" DESC`;

const few = (column: string, most: number, name: string): string =>
  `coalesce(to_json(list_sort(list(DISTINCT "${column}") FILTER (WHERE "${column}" <> ''))[:${most}]), '[]') AS "${name}"`;
const count = (column: string): string => `count(DISTINCT "${column}") FILTER (WHERE "${column}" <> '')`;

const spray: ByHand = (relation, from, to) => `
WITH failed AS (
  SELECT *, CASE WHEN "UserId" IN ('', '00000000-0000-0000-0000-000000000000') THEN lower("UserPrincipalName") ELSE "UserId" END AS "Account"
  FROM ${relation}
  WHERE "TimeGenerated" >= ${from} AND "TimeGenerated" < ${to}
    AND lower("AuthenticationRequirement") = 'singlefactorauthentication'
    AND "ResultType" IN ('50053', '50126', '50055', '50056', '50064', '50144')
    AND "IsInteractive" IS DISTINCT FROM TRUE AND "AutonomousSystemNumber" <> '8075'
), named AS (
  SELECT *, CASE WHEN "UserPrincipalName" = '' THEN "Account" ELSE lower("UserPrincipalName") END AS "Name",
    CASE WHEN "CorrelationId" = '' AND "Id" <> '' THEN "Id" ELSE concat_ws(' ', "CorrelationId", "Account", "IPAddress", "AppId", "ResultType",
      coalesce("CreatedDateTime", "TimeGenerated")) END AS "SignIn"
  FROM failed WHERE "Account" <> ''
), signins AS (
  SELECT CASE WHEN "Id" = '' THEN "SignIn" ELSE "Id" END AS "Row", "ResultType", min("TimeGenerated") AS "At", min("SignIn") AS "SignIn",
    max("Account") AS "Account", max("Name") AS "Name", max("IPAddress") AS "IPAddress",
    CASE max("AutonomousSystemNumber") WHEN '' THEN 'unknown' ELSE max("AutonomousSystemNumber") END AS "Network",
    max("Location") AS "Location", max("AppDisplayName") AS "App", max("ResourceDisplayName") AS "Resource",
    max("ClientAppUsed") AS "ClientApp", max("AuthenticationProtocol") AS "Protocol", max("UserAgent") AS "UserAgent",
    max("Category") AS "Category"
  FROM named GROUP BY 1, 2
), windows AS (
  SELECT time_bucket(INTERVAL 10 MINUTES, "At") AS "Window", "ResultType", count(DISTINCT "Account") AS "Users",
    count(DISTINCT "SignIn") AS "Attempts", min("At") AS "First", max("At") AS "Last", ${few("Name", 200, "Accounts")},
    ${few("IPAddress", 100, "Addresses")}, ${count("IPAddress")} AS "AddressCount", ${few("Network", 50, "Networks")},
    ${few("Location", 50, "Countries")}, ${few("App", 50, "Applications")}, ${few("Resource", 50, "Resources")},
    ${few("ClientApp", 50, "ClientApps")}, ${few("Protocol", 50, "Protocols")}, ${few("UserAgent", 50, "UserAgents")},
    ${few("Category", 10, "Categories")},
    [${count("Network")}, ${count("Location")}, ${count("App")}, ${count("Resource")}, ${count("ClientApp")}, ${count("Protocol")}, ${count("UserAgent")}] AS counts
  FROM signins GROUP BY 1, 2
)
SELECT * EXCLUDE (counts), to_json(list_filter([
  CASE WHEN "Users" > 200 THEN 'Accounts' END, CASE WHEN "AddressCount" > 100 THEN 'Addresses' END,
  ${["Networks", "Countries", "Applications", "Resources", "ClientApps", "Protocols", "UserAgents"]
    .map((name, at) => `CASE WHEN counts[${at + 1}] > 50 THEN '${name}' END`)
    .join(", ")}], lambda name: name IS NOT NULL)) AS "Cut"
FROM windows
ORDER BY "Users" DESC, "Window", "ResultType"`;

/** By the hunt's name; `from` and `to` are SQL. */
export const huntsByHand: Readonly<Record<string, { readonly table: string; readonly sql: ByHand }>> = {
  "failed-portal-sign-in": { table: "SigninLogs", sql: portal },
  "single-factor-spray": { table: "AADNonInteractiveUserSignInLogs", sql: spray },
};
