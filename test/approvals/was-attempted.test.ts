import { expect, test } from "vitest";
import { wasAttempted } from "../../src/approvals/was-attempted.ts";
import type { Campaign } from "../../src/findings/campaign.ts";
import { iso, later, minutes } from "../../src/time.ts";
import { type LogRow, withLogs } from "../log-folder.ts";
import { aSource } from "../response/examples.ts";
import { aBreach, aProven } from "../response/people.ts";
import { APPROVER } from "../response/rig.ts";

// Signs in with an alias that stands in no list.
const person = { id: APPROVER, name: "oncall.alias@contoso.example", verified: true };
// A source of IPv6 is written as the logs' own function writes a network.
const NETWORK = "2001:0db8:0017:0000:0000:0000:0000:0000/64";
const campaign = aBreach([aProven(1)], { sources: [aSource("203.0.113.7"), aSource(NETWORK)] });
const failure = (IPAddress: string, some: LogRow = {}): LogRow => ({
  TimeGenerated: iso(later(campaign.first, minutes(5))),
  UserId: APPROVER.toUpperCase(),
  UserPrincipalName: "oncall@contoso.example",
  ResultType: "50126",
  IPAddress,
  ...some,
});
const attempted = (row: LogRow, change: Partial<Campaign> = {}): Promise<boolean> =>
  withLogs({ SigninLogs: [row] }, (logs) => wasAttempted(person, { ...campaign, ...change }, { logs }));

test("an approver whom the campaign's addresses tried is known by the object id, whatever the name", async () => {
  expect(await attempted(failure("203.0.113.7"))).toBe(true);
  expect(await attempted(failure("2001:db8:17:0:1:2:3:4"))).toBe(true);
});

test("an IPv6 address of the campaign stands for its network", async () => {
  const sources = [aSource("2001:db8:17::9")];
  expect(await attempted(failure("2001:DB8:17:0:1:2:3:4"), { sources })).toBe(true);
  expect(await attempted(failure("2001:db8:18::9"), { sources })).toBe(false);
});

test("who mistyped at home meanwhile may approve, unless a list of the campaign is incomplete", async () => {
  expect(await attempted(failure("192.0.2.44"))).toBe(false);
  expect(await attempted(failure("192.0.2.44"), { cut: ["addresses"] })).toBe(true);
});

test("a success from there, or a failure at another time or of somebody else, does not count", async () => {
  expect(await attempted(failure("203.0.113.7", { ResultType: "0" }))).toBe(false);
  expect(await attempted(failure("203.0.113.7", { TimeGenerated: iso(later(campaign.last, minutes(5))) }))).toBe(false);
  expect(
    await attempted(failure("203.0.113.7", { UserId: "somebody", UserPrincipalName: "else@contoso.example" })),
  ).toBe(false);
});
