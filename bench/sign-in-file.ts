// Made-up sign-ins in the shape of an export, about 2 KB each, the same at every run.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";

const START = Date.UTC(2026, 10, 7);
const DAYS = 14;
const CODES = ["0", "0", "0", "0", "0", "0", "0", "50126", "50053", "50055"];
const APPS = ["Azure Portal", "Microsoft Teams", "Office 365 Exchange Online", "Microsoft Graph"];
const AGENT =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.";

/** Values that differ from row to row as much as real ones do, from the row's number alone. */
const guid = (n: number, what: string): string => {
  const hex = createHash("md5").update(`${what} ${n}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
};

function signIn(n: number, rows: number, interactive: boolean): Readonly<Record<string, unknown>> {
  const user = (n * 7919) % 5000;
  const code = CODES[n % CODES.length] ?? "0";
  const app = APPS[(n >> 3) % APPS.length] ?? "";
  const dynamic = (value: object): unknown => (interactive ? value : JSON.stringify(value));
  const time = new Date(START + Math.floor((n / rows) * DAYS * 86_400_000)).toISOString().replace("Z", "1234Z");
  return {
    TimeGenerated: time,
    CreatedDateTime: time,
    TenantId: guid(1, "workspace"),
    AADTenantId: guid(1, "tenant"),
    SourceSystem: "Azure AD",
    Type: interactive ? "SigninLogs" : "AADNonInteractiveUserSignInLogs",
    OperationName: "Sign-in activity",
    OperationVersion: "1.0",
    Category: interactive ? "SignInLogs" : "NonInteractiveUserSignInLogs",
    ResultType: code,
    ResultSignature: code === "0" ? "SUCCESS" : "FAILURE",
    ResultDescription: code === "0" ? "" : "Invalid username or password or Invalid on-premise username or password.",
    DurationMs: n % 900,
    CorrelationId: guid(n, "correlation"),
    Id: guid(n, "id"),
    OriginalRequestId: guid(n, "id"),
    UniqueTokenIdentifier: guid(n, "token"),
    SessionId: guid(n >> 2, "session"),
    Identity: `User ${user}`,
    UserDisplayName: `User ${user}`,
    UserId: guid(user, "user"),
    UserPrincipalName: `user${user}@contoso.example`,
    AlternateSignInName: `user${user}@contoso.example`,
    UserType: "Member",
    Level: "4",
    Location: "DE",
    IPAddress: `198.51.100.${n % 250}`,
    AutonomousSystemNumber: String(64496 + (n % 16)),
    AppDisplayName: app,
    AppId: guid(APPS.indexOf(app), "app"),
    ResourceDisplayName: "Windows Azure Service Management API",
    ResourceIdentity: guid(2, "resource"),
    ClientAppUsed: "Browser",
    AuthenticationRequirement: n % 3 === 0 ? "multiFactorAuthentication" : "singleFactorAuthentication",
    AuthenticationProtocol: "oAuth2",
    IncomingTokenType: "none",
    AuthenticationDetails: JSON.stringify([
      { authenticationStepDateTime: time, authenticationMethod: "Password", succeeded: code === "0" },
    ]),
    AuthenticationProcessingDetails: '[{"key":"IsCAEToken","value":"False"}]',
    ConditionalAccessStatus: "notApplied",
    ConditionalAccessPolicies: dynamic([{ displayName: "Require MFA", result: "notEnabled", id: guid(3, "policy") }]),
    DeviceDetail: dynamic({ deviceId: "", operatingSystem: "Windows10", browser: `Edge 138.0.${n % 40}` }),
    LocationDetails: dynamic({
      city: "Munich",
      state: "Bayern",
      countryOrRegion: "DE",
      geoCoordinates: { latitude: 48.1 + (n % 100) / 1000, longitude: 11.5 },
    }),
    Status: dynamic({ errorCode: Number(code), additionalDetails: "MFA requirement satisfied by claim in the token" }),
    NetworkLocationDetails: "[]",
    IsInteractive: interactive,
    RiskDetail: "none",
    RiskLevelAggregated: "none",
    RiskLevelDuringSignIn: "none",
    RiskState: "none",
    RiskEventTypes_V2: "[]",
    TokenIssuerType: "AzureAD",
    UserAgent: AGENT + (n % 60),
  };
}

export async function writeSignIns(path: string, rows: number, interactive: boolean): Promise<void> {
  const out = createWriteStream(path, { highWaterMark: 4 * 1024 * 1024 });
  for (let n = 0; n < rows; n += 1000) {
    const some = Array.from({ length: Math.min(1000, rows - n) }, (_, at) => signIn(n + at, rows, interactive));
    if (!out.write(some.map((row) => `${JSON.stringify(row)}\n`).join(""))) await once(out, "drain");
  }
  out.end();
  await once(out, "close");
}
