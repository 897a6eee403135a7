// Sign-ins as rows of the two tables, in the columns and types that Log Analytics has for them
// (https://learn.microsoft.com/azure/azure-monitor/reference/tables/signinlogs and …/aadnoninteractiveusersigninlogs).
//
// A row is put together from fragments: the columns of one account, one route, one place, and so on. A fragment is made
// once, as columns and as JSON, because it comes back in thousands of rows, and writing them is most of the work.
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

const ROPC_DETAILS = JSON.stringify([{ key: "Login Hint Present", value: "True" }]);

type PolicyResult = "success" | "failure" | "notApplied";

const secondFactorPolicy = (result: PolicyResult): Cell => ({
  id: "4d1f0f5e-7a35-4c53-9a6e-0c7b9f3e8a01",
  displayName: "Require a second factor",
  result,
});
const devicePolicy: Cell = {
  id: "4d1f0f5e-7a35-4c53-9a6e-0c7b9f3e8a02",
  displayName: "Require a compliant device",
  result: "notApplied",
};

const ASKS_FOR_MORE: ReadonlySet<ResultCode> = new Set(["50072", "50074", "50076", "50079"]);

function policyResult({ result, factors }: SignIn): PolicyResult {
  if (ASKS_FOR_MORE.has(result)) return "failure";
  return factors === "multi" && result === "0" ? "success" : "notApplied";
}

interface Fragment {
  readonly columns: Row;
  /** The same as JSON in UTF-8, with a comma in place of the braces around it. */
  readonly bytes: Buffer;
}

const fragment = (columns: Row): Fragment => ({
  columns,
  bytes: Buffer.from(`,${JSON.stringify(columns).slice(1, -1)}`, "utf8"),
});

/** Makes a fragment once per object that it tells of. */
function perObject<T extends object>(make: (of: T) => Row): (of: T) => Fragment {
  const made = new WeakMap<T, Fragment>();
  return (of) => {
    const known = made.get(of);
    if (known !== undefined) return known;
    const fresh = fragment(make(of));
    made.set(of, fresh);
    return fresh;
  };
}

/** Makes a fragment once per set of words that it depends on. */
function perWords(
  make: (signIn: SignIn, part: number) => Row,
): (words: string, signIn: SignIn, part: number) => Fragment {
  const made = new Map<string, Fragment>();
  return (words, signIn, part) => {
    const known = made.get(words);
    if (known !== undefined) return known;
    const fresh = fragment(make(signIn, part));
    made.set(words, fresh);
    return fresh;
  };
}

/** The columns that no two sign-ins share. `part` 0 is a sign-in's first row. */
function momentOf({ at, number, thread, session, rows, proof }: SignIn, part: number, seed: number) {
  const time = iso(at);
  const id = madeUpId(seed, SIGN_IN, number);
  return {
    TimeGenerated: time,
    CreatedDateTime: time,
    Id: id,
    CorrelationId: madeUpId(seed, CORRELATION, thread),
    OriginalRequestId: thread === number ? id : madeUpId(seed, SIGN_IN, thread),
    SessionId: madeUpId(seed, SESSION, session),
    AuthenticationDetails: authenticationDetails(rows === "steps" && part === 0 ? "correctPassword" : proof, time),
  };
}

/** Without its closing brace. Times and ids need no escaping, and neither do steps but for their quotation marks. */
function momentAsText(moment: ReturnType<typeof momentOf>): string {
  const details = moment.AuthenticationDetails.replaceAll('"', '\\"');
  return `{"TimeGenerated":"${moment.TimeGenerated}","CreatedDateTime":"${moment.CreatedDateTime}","Id":"${moment.Id}","CorrelationId":"${moment.CorrelationId}","OriginalRequestId":"${moment.OriginalRequestId}","SessionId":"${moment.SessionId}","AuthenticationDetails":"${details}"`;
}

/** The rest of a row, in fragments. */
function fragmentsOf(table: TableName): (signIn: SignIn, part: number) => Fragment[] {
  const interactive = table === "SigninLogs";
  // Status and its like are dynamic in the one table and texts in the other.
  const dynamic = (value: Cell): Cell => (interactive ? value : JSON.stringify(value));

  const account = perObject<SignIn["account"]>((of) => ({
    UserId: of.kind === "unknown" && interactive ? NO_USER : of.id,
    UserPrincipalName: of.name,
    UserDisplayName: of.displayName,
    UserType: of.kind === "guest" ? "Guest" : "Member",
    CrossTenantAccessType: of.homeTenantId === undefined ? "none" : "b2bCollaboration",
    ...(of.homeTenantId === undefined ? {} : { HomeTenantId: of.homeTenantId }),
  }));
  const asTyped = ({ account: of, typedName }: SignIn): Fragment => {
    const known = account(of);
    return typedName === undefined ? known : fragment({ ...known.columns, UserPrincipalName: typedName });
  };

  const place = perObject<SignIn["place"]>(({ address, network, location }) => ({
    IPAddress: address,
    AutonomousSystemNumber: network.number,
    Location: location.countryOrRegion,
    LocationDetails: dynamic({ ...location }),
  }));

  const device = perObject<SignIn["device"]>((of) => ({ DeviceDetail: dynamic(of) }));

  const route = perObject<SignIn["route"]>(({ application, resource, client, protocol }) => ({
    AppDisplayName: application.name,
    AppId: application.id,
    ResourceDisplayName: resource.name,
    ResourceIdentity: resource.id,
    ClientAppUsed: client,
    AuthenticationProtocol: protocol,
    ...(protocol === "ropc" ? { AuthenticationProcessingDetails: ROPC_DETAILS } : {}),
  }));

  const client = perWords(({ userAgent, token, factors, risk }) => ({
    UserAgent: userAgent,
    IncomingTokenType: token,
    AuthenticationRequirement: factors === "multi" ? "multiFactorAuthentication" : "singleFactorAuthentication",
    RiskLevelDuringSignIn: risk ?? "none",
    ...(risk === undefined ? {} : { RiskState: "atRisk", RiskEventTypes_V2: '["unfamiliarFeatures"]' }),
  }));

  const outcome = perWords((signIn, part) => {
    const text = resultTexts[signIn.result];
    const code = Number(signIn.result);
    const policy = policyResult(signIn);
    // A token that is redeemed again was judged before; only a refusal is written out.
    const silent = policy === "notApplied" || (policy === "success" && !interactive);
    const policies = silent ? [] : [secondFactorPolicy(policy)];
    return {
      ResultType: signIn.result,
      ResultDescription: text,
      Status: dynamic(code === 0 ? { errorCode: 0 } : { errorCode: code, failureReason: text }),
      ConditionalAccessStatus: policy,
      ConditionalAccessPolicies: dynamic(signIn.rows === "policies" && part > 0 ? [devicePolicy] : policies),
    };
  });

  const always = fragment({
    Type: table,
    Category: interactive ? "SignInLogs" : "NonInteractiveUserSignInLogs",
    IsInteractive: interactive,
  });

  return (signIn, part) => {
    const { token, factors, userAgent, risk = "", result, rows } = signIn;
    return [
      outcome(`${result} ${factors} ${rows} ${part}`, signIn, part),
      asTyped(signIn),
      route(signIn.route),
      client(`${token} ${factors} ${risk} ${userAgent}`, signIn, part),
      place(signIn.place),
      device(signIn.device),
      always,
    ];
  };
}

/** The rows of one table, made anew each time they are asked for, so that nobody has to hold them all. */
export interface TableRows extends Iterable<Row> {
  /** The same rows as NDJSON in UTF-8. Each chunk holds whole lines and is the reader's to keep. */
  chunks(): Iterable<{ readonly bytes: Uint8Array; readonly rows: number }>;
}

const CHUNK = 1 << 20;
/** More than any row takes. */
const LONGEST_ROW = 1 << 13;
const CLOSE = 0x7d;
const NEW_LINE = 0x0a;

export function rowsOf(signIns: readonly SignIn[], table: TableName, seed: number): TableRows {
  function* parts(): Generator<readonly [SignIn, number]> {
    for (const signIn of signIns) {
      if (signIn.table !== table) continue;
      yield [signIn, 0];
      if (signIn.rows !== "one") yield [signIn, 1];
    }
  }
  return {
    *[Symbol.iterator]() {
      const fragments = fragmentsOf(table);
      for (const [signIn, part] of parts()) {
        const row: Record<string, Cell> = momentOf(signIn, part, seed);
        for (const { columns } of fragments(signIn, part)) Object.assign(row, columns);
        yield row;
      }
    },
    *chunks() {
      const fragments = fragmentsOf(table);
      let chunk = Buffer.allocUnsafe(CHUNK);
      let end = 0;
      let rows = 0;
      for (const [signIn, part] of parts()) {
        if (end + LONGEST_ROW > CHUNK) {
          yield { bytes: chunk.subarray(0, end), rows };
          chunk = Buffer.allocUnsafe(CHUNK);
          end = 0;
          rows = 0;
        }
        end += chunk.write(momentAsText(momentOf(signIn, part, seed)), end, "latin1");
        for (const { bytes } of fragments(signIn, part)) {
          chunk.set(bytes, end);
          end += bytes.length;
        }
        chunk[end++] = CLOSE;
        chunk[end++] = NEW_LINE;
        rows++;
      }
      yield { bytes: chunk.subarray(0, end), rows };
    },
  };
}
