// A tenant that answers the question for evidence too: what its sign-ins prove, as the question's rows. A success is one
// with a password, over ropc.
import type { Clock, Row } from "../src/ports.ts";
import { type Instant, iso } from "../src/time.ts";
import { columnsOf, type TestSignIn, type TestTenant } from "./tenant.ts";
import type { TestApp } from "./test-app.ts";

const isEvidence = (kql: string): boolean => kql.includes("let BurstsOfCodes");
/** What fails every ten minutes in each of these tenants, and belongs to no attack. */
const isTrickle = ({ account }: TestSignIn): boolean => account.startsWith("printer");

export function evident(app: TestApp): TestApp {
  proving(app.tenant, app.clock);
  return app;
}

/** `idOf` gives the object id of a name. */
export function proving(
  tenant: TestTenant,
  clock: Pick<Clock, "now">,
  idOf: (account: string) => string = (account) => account,
): void {
  tenant.before = ({ kql, window }) => {
    if (!isEvidence(kql)) return undefined;
    const now = clock.now();
    const seen = tenant.signIns.filter(
      (signIn) => signIn.arrives <= now && signIn.at >= window.from && signIn.at < window.to && !isTrickle(signIn),
    );
    const rows = factsOf(seen, idOf);
    return { columns: columnsOf(rows), rows };
  };
}

function factsOf(seen: readonly TestSignIn[], idOf: (account: string) => string): readonly Row[] {
  const groups = [...Map.groupBy(seen, ({ account, address, code }) => `${account} ${address} ${code}`).values()];
  return groups.map((own) => {
    const { account = "", address = "", code = "" } = own[0] ?? {};
    const times = own.map(({ at }) => at);
    return {
      ...{
        Account: idOf(account),
        Name: account,
        IPAddress: address,
        Source: address,
        Network: "64500",
        ResultType: code,
      },
      ...{ Table: "AADNonInteractiveUserSignInLogs", Token: "none", Steps: "[]", Ids: [], Sessions: [] },
      ...{ Requirement: "singleFactorAuthentication", Protocol: code === "0" ? "ropc" : "none" },
      ...{ First: iso(Math.min(...times) as Instant), Last: iso(Math.max(...times) as Instant), Count: own.length },
      GroupsSelected: groups.length,
    };
  });
}

export const aSuccess = (at: Instant, account: string, address = "203.0.113.7"): TestSignIn => ({
  ...{ at, arrives: at, account, address },
  code: "0",
});
