import { describe, expect, test } from "vitest";
import { incidentId } from "../../src/findings/campaign.ts";
import { incidentOf, titleOf } from "../../src/response/incident.ts";
import { DESCRIPTION_ROOM, incidentRequest } from "../../src/response/incident-request.ts";
import { aCampaign, aContext, aFinding, anAccount, aSource, portal } from "./examples.ts";

describe("the title", () => {
  test("tells apart who got in, whose password is known and who was only attempted", () => {
    expect(titleOf(aCampaign("entered"))).toBe(
      "2 got in, 1 known but stopped, 409 attempted – single-factor spray – amber-otter",
    );
    expect(titleOf(aCampaign("attempted"))).toBe("409 attempted – single-factor spray – amber-otter");
  });

  test("counts attempts where one account was tried", () => {
    const campaign = aCampaign("attempted");
    const one = { ...campaign, attempts: 14, accounts: { ...campaign.accounts, attempted: 1 } };
    expect(titleOf(one)).toBe("14 attempts on one account – single-factor spray – amber-otter");
  });

  test("names every hunt that found it once", () => {
    const findings = [aFinding(), aFinding(), aFinding({ hunt: portal })];
    expect(titleOf(aCampaign("attempted", { findings }))).toContain("single-factor spray and failed portal sign-ins");
  });
});

describe("the incident", () => {
  const incident = incidentOf(aCampaign("entered"), aContext());

  test("has the campaign's id, severity and times", () => {
    expect(incident.id).toBe(incidentId(aCampaign("entered")));
    expect(incident.severity).toBe("High");
    expect(incident.firstActivity).toBe(aCampaign().first);
    expect(incident.lastActivity).toBe(aCampaign().last);
  });

  test("can be filtered by tactic, technique, hunt, campaign and level", () => {
    expect(incident.labels).toEqual([
      "CredentialAccess",
      "InitialAccess",
      "T1078.004",
      "T1110.003",
      "hunt:single-factor-spray",
      "campaign:amber-otter",
      "level:entered",
    ]);
  });

  test("shows who got in with what proves it, before all else", () => {
    const lines = incident.description.split("\n");
    expect(lines[0]).toBe("Entered: somebody got in with a right password.");
    expect(lines[3]).toBe("| Got in (2) | What proves it |");
    expect(lines[5]).toBe(
      "| ada.lovelace@contoso.example | signed in from 203.0.113.7 at 03:21 UTC after a password step that succeeded |",
    );
  });

  test("lists addresses and names so that they can be copied", () => {
    expect(incident.description).toContain("| 203.0.113.7 | AS64500 Example Hosting (hosting) | NL | 212 | 640 |");
    expect(incident.description).toContain("Tried: bob@contoso.example, carol@contoso.example");
  });

  test("does not say that nothing came from an address that was not counted", () => {
    const sources = [aSource("203.0.113.7", { accounts: 0, attempts: 0 })];
    const { description } = incidentOf(aCampaign("attempted", { sources }), aContext());
    expect(description).toContain("| 203.0.113.7 | AS64500 Example Hosting (hosting) | NL |  |  |");
  });

  test("says what was set aside, what was not done and what is incomplete", () => {
    const { description } = incidentOf(aCampaign("entered", { cut: ["accounts"] }), aContext());
    expect(description).toContain("Set aside, 271 attempts by 2 exclusions:\n- monitoring-job, 240 attempts:");
    expect(description).toContain("Not done:\n- revoke sessions, adm-grace@contoso.example: a privileged account");
    expect(description).toContain("Incomplete: accounts.");
  });
});

test("five thousand accounts from two thousand addresses fit, and nothing is cut by the request", () => {
  const proven = Array.from({ length: 200 }, (_, at) =>
    anAccount(`${"long.name".repeat(10)}${at}@contoso.example`, { because: "why ".repeat(100) }),
  );
  const campaign = aCampaign("entered", {
    accounts: { attempted: 5_000, unknown: 0, wrong: 4_600, ambiguous: 0, entered: proven, known: proven },
    accountNames: Array.from({ length: 5_000 }, (_, at) => `user${at}@contoso.example`),
    sources: Array.from({ length: 2_000 }, (_, at) => aSource(`203.0.${at >> 8}.${at & 255}`)),
    userAgents: Array.from({ length: 300 }, () => "x".repeat(400)),
    applications: Array.from({ length: 300 }, () => "y".repeat(400)),
    countries: Array.from({ length: 150 }, () => "z".repeat(100)),
  });
  const setAside = Array.from({ length: 60 }, (_, at) => ({
    exclusion: `x-${at}`,
    because: "w ".repeat(400),
    attempts: at,
  }));
  const heldBack = Array.from({ length: 60 }, (_, at) => ({
    kind: "revokeSessions",
    target: `t${at}`,
    reason: `r ${at}`.repeat(90),
  }));
  const incident = incidentOf(campaign, aContext({ setAside, heldBack }));
  expect(incident.description.length).toBeLessThanOrEqual(DESCRIPTION_ROOM);
  expect(incident.description).toContain("| Got in (200) | What proves it |");
  expect(incident.description).toContain("Shortened to fit: clients, applications");
  const request = incidentRequest(incident);
  expect(request.description.startsWith(incident.description)).toBe(true);
  expect(request.description.length).toBeLessThanOrEqual(5_000);
});
