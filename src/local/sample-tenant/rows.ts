// Sign-ins as rows of the two tables, in the columns and types that Log Analytics has for them
// (https://learn.microsoft.com/azure/azure-monitor/reference/tables/signinlogs and …/aadnoninteractiveusersigninlogs).
import type { Cell, Row } from "../../ports.ts";
import { iso } from "../../time.ts";
import { authenticationDetails, type ResultCode, resultTexts } from "./outcomes.ts";
import { madeUpId } from "./random.ts";
import type { SignIn, TableName } from "./sign-in.ts";

/** What Entra sometimes writes in place of an object id when no account has the name. */
const NO_USER = "00000000-0000-0000-0000-000000000000";

/** Kinds of id, so that one number gives a different id as each of them. */
const SIGN_IN = 11;
const CORRELATION = 12;
const SESSION = 13;
const TOKEN = 14;

const status: Readonly<Record<string, Cell>> = Object.fromEntries(
  Object.entries(resultTexts).map(([code, text]) => [
    code,
    code === "0" ? { errorCode: 0 } : { errorCode: Number(code), failureReason: text },
  ]),
);

type PolicyResult = "success" | "failure" | "notApplied";

const policy = (id: string, displayName: string, control: string) => (result: PolicyResult) => ({
  id,
  displayName,
  enforcedGrantControls: [control],
  enforcedSessionControls: [],
  result,
});
const secondFactorPolicy = policy("4d1f0f5e-7a35-4c53-9a6e-0c7b9f3e8a01", "Require a second factor", "Mfa");
const devicePolicy = policy(
  "4d1f0f5e-7a35-4c53-9a6e-0c7b9f3e8a02",
  "Require a compliant device",
  "RequireCompliantDevice",
);

const POLICIES: Readonly<Record<PolicyResult, Cell>> = {
  success: [secondFactorPolicy("success")],
  failure: [secondFactorPolicy("failure")],
  notApplied: [secondFactorPolicy("notApplied")],
};
const OTHER_POLICIES: Cell = [devicePolicy("notApplied")];

const ASKS_FOR_MORE: ReadonlySet<ResultCode> = new Set(["50072", "50074", "50076", "50079"]);

function policyResult(signIn: SignIn): PolicyResult {
  if (ASKS_FOR_MORE.has(signIn.result)) return "failure";
  return signIn.factors === "multi" && signIn.result === "0" ? "success" : "notApplied";
}

/** Small objects that come back in thousands of rows, as text. */
const texts = new WeakMap<object, string>();
function asText(value: Cell): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = JSON.stringify(value);
  texts.set(value, text);
  return text;
}
const asIs = (value: Cell): Cell => value;

/** One of the sign-in's rows; `part` 0 is the first. */
function rowOf(signIn: SignIn, part: number, seed: number, tenantId: string): Row {
  const { account, place, route, result } = signIn;
  const interactive = signIn.table === "SigninLogs";
  // Status and its like are dynamic in the one table and texts in the other.
  const dynamic = interactive ? asIs : asText;
  const time = iso(signIn.at);
  const id = madeUpId(seed, SIGN_IN, signIn.number);
  const name = signIn.typedName ?? account.name;
  const outcome = policyResult(signIn);
  const proof = signIn.rows === "steps" && part === 0 ? "correctPassword" : signIn.proof;
  return {
    TimeGenerated: time,
    CreatedDateTime: time,
    Id: id,
    CorrelationId: madeUpId(seed, CORRELATION, signIn.thread),
    OriginalRequestId: signIn.thread === signIn.number ? id : madeUpId(seed, SIGN_IN, signIn.thread),
    SessionId: madeUpId(seed, SESSION, signIn.session),
    UniqueTokenIdentifier: madeUpId(seed, TOKEN, signIn.number).replaceAll("-", "").slice(0, 22),
    Type: signIn.table,
    Category: interactive ? "SignInLogs" : "NonInteractiveUserSignInLogs",
    OperationName: "Sign-in activity",
    AADTenantId: tenantId,
    HomeTenantId: account.homeTenantId ?? tenantId,
    CrossTenantAccessType: account.homeTenantId === undefined ? "none" : "b2bCollaboration",
    ResultType: result,
    ResultSignature: "None",
    ResultDescription: resultTexts[result],
    Status: dynamic(status[result]!),
    DurationMs: 0,
    UserId: account.kind === "unknown" && interactive ? NO_USER : account.id,
    UserPrincipalName: name,
    UserDisplayName: account.displayName,
    UserType: account.kind === "guest" ? "Guest" : "Member",
    AppDisplayName: route.application.name,
    AppId: route.application.id,
    ResourceDisplayName: route.resource.name,
    ResourceIdentity: route.resource.id,
    ClientAppUsed: route.client,
    UserAgent: signIn.userAgent,
    IPAddress: place.address,
    AutonomousSystemNumber: place.network.number,
    Location: place.location.countryOrRegion,
    LocationDetails: dynamic(place.location as unknown as Cell),
    DeviceDetail: dynamic(signIn.device),
    IsInteractive: interactive,
    AuthenticationRequirement: signIn.factors === "multi" ? "multiFactorAuthentication" : "singleFactorAuthentication",
    AuthenticationProtocol: route.protocol,
    IncomingTokenType: signIn.token,
    AuthenticationDetails: authenticationDetails(proof, time),
    AuthenticationProcessingDetails: "[]",
    ConditionalAccessStatus: outcome,
    ConditionalAccessPolicies: dynamic(signIn.rows === "policies" && part > 0 ? OTHER_POLICIES : POLICIES[outcome]),
    RiskLevelDuringSignIn: signIn.risk ?? "none",
    RiskState: signIn.risk === undefined ? "none" : "atRisk",
    RiskEventTypes_V2: signIn.risk === undefined ? "[]" : '["unfamiliarFeatures"]',
    TokenIssuerType: "AzureAD",
  };
}

/** The rows of one table, made anew each time they are asked for, so that nobody has to hold them all. */
export function rowsOf(signIns: readonly SignIn[], table: TableName, seed: number, tenantId: string): Iterable<Row> {
  return {
    *[Symbol.iterator]() {
      for (const signIn of signIns) {
        if (signIn.table !== table) continue;
        yield rowOf(signIn, 0, seed, tenantId);
        if (signIn.rows !== "one") yield rowOf(signIn, 1, seed, tenantId);
      }
    },
  };
}
