import { expect, test } from "vitest";
import { lastProofOf } from "../../src/response/guards.ts";
import { provenOf } from "../../src/response/plan-accounts.ts";
import { at } from "../builders.ts";
import { judgeTables } from "../judged.ts";
import { each, sprayFailure, success, userId } from "../sign-in-rows.ts";

test("the last proof of an account is the latest, however many came before it", async () => {
  const minute = (n: number): string => `2026-11-20T10:${String(n).padStart(2, "0")}:00Z`;
  const tables = {
    SigninLogs: [success("2026-11-20T09:00:00Z", 50)],
    AADNonInteractiveUserSignInLogs: [
      ...each(40, (n) => sprayFailure(minute(n % 8), n)),
      // Ten applications are ten groups of facts; a person is shown five.
      ...each(10, (n) => sprayFailure(minute(10 + n), 3, { ResultType: "50076", AppId: `app-${n}` })),
    ],
  };
  const judged = await judgeTables(tables, { window: { from: at("2026-11-20"), to: at("2026-11-21") } });
  const accounts = judged.campaigns.flatMap((campaign) => provenOf(campaign)).map(({ account }) => account);
  expect(accounts.map(({ id, rows }) => [id, rows.length])).toEqual([[userId(3), 5]]);
  expect(accounts.map(lastProofOf)).toEqual([at(minute(19))]);
});
