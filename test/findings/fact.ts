// Small facts for tests: only what matters to a test is written in it.
import type { Fact } from "../../src/findings/evidence.ts";
import { at } from "../builders.ts";

export const aFact = (some: Partial<Fact> = {}): Fact => ({
  account: "aaaaaaaa-0000-4000-8000-000000000001",
  name: "user1@contoso.example",
  address: "192.0.2.1",
  source: "192.0.2.1",
  network: "64500",
  country: "BR",
  table: "SigninLogs",
  code: "50126",
  text: "",
  token: "none",
  protocol: "none",
  requirement: "singleFactorAuthentication",
  steps: [],
  applicationId: "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
  application: "Azure Portal",
  resource: "Windows Azure Service Management API",
  client: "Browser",
  userAgent: "Mozilla/5.0",
  device: "",
  fingerprint: "portal|management|none|Browser|Mozilla/5.0",
  first: at("2026-11-20T10:00:00Z"),
  last: at("2026-11-20T10:00:00Z"),
  count: 1,
  ids: ["1"],
  sessions: [],
  ...some,
});
