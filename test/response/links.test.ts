import { gunzipSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { campaignQuery } from "../../src/response/campaign-query.ts";
import { LONGEST_LINK, linksTo } from "../../src/response/links.ts";
import { HOUR, instant } from "../../src/time.ts";
import { ATTACK_BEGAN, aCampaign, links } from "./examples.ts";

const window = { from: ATTACK_BEGAN, to: instant(ATTACK_BEGAN + HOUR) };

test("the link to a query carries the query as the portal packs it, and its period", () => {
  const kql = 'SigninLogs\n| where UserPrincipalName == "o\'neill+test@contoso.example"';
  const link = links.query(kql, window)!;
  const [, packed, timespan] = /\/q\/([^/]+)\/timespan\/([^/]+)$/.exec(link)!;
  expect(gunzipSync(Buffer.from(decodeURIComponent(packed!), "base64")).toString()).toBe(kql);
  expect(decodeURIComponent(timespan!)).toBe("2026-11-21T03:10:00.000Z/2026-11-21T04:10:00.000Z");
  expect(link).toContain(
    "https://portal.azure.com/#@contoso.example/blade/Microsoft_Azure_Monitoring_Logs/LogsBlade/resourceId/%2Fsubscriptions%2F",
  );
});

test("links lead into the portal of the tenant's cloud", () => {
  const gov = linksTo({ portal: "https://portal.azure.us/", tenantId: "", workspace: "/subscriptions/s" }, (text) =>
    gzipSync(text),
  );
  expect(gov.query("SigninLogs", window)).toMatch(/^https:\/\/portal\.azure\.us\/#blade\//);
  expect(gov.incident("an-id")).toBe(
    "https://portal.azure.us/#asset/Microsoft_Azure_Security_Insights/Incident/subscriptions/s/providers/Microsoft.SecurityInsights/Incidents/an-id",
  );
});

test("a link that clients would cut is not offered", () => {
  const noise = Array.from({ length: 4_000 }, (_, at) => String.fromCharCode(33 + ((at * 7919) % 90))).join("");
  const all = linksTo({ portal: "https://portal.azure.com", tenantId: "", workspace: "/s" }, (text) =>
    Buffer.from(text),
  );
  expect(all.query(noise, window)).toBeNull();
  expect(links.query(campaignQuery(aCampaign(), window, 25), window)!.length).toBeLessThanOrEqual(LONGEST_LINK);
});
