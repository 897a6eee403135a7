import { describe, expect, test } from "vitest";
import type { IncidentReceipt } from "../../src/ports.ts";
import type { Action } from "../../src/response/action.ts";
import { cardOf } from "../../src/response/card.ts";
import { carryOut, type Keeping } from "../../src/response/carry-out.ts";
import { incidentOf } from "../../src/response/incident.ts";
import { aTestApp } from "../test-app.ts";
import { ATTACK_BEGAN, aCampaign, aContext } from "./examples.ts";

const keeping: Keeping = { mayStill: () => true, keep: async () => undefined };
const campaign = aCampaign("entered");
const context = aContext();
const opening: Action = {
  kind: "openIncident",
  reason: "",
  campaign: campaign.id,
  incident: incidentOf(campaign, context),
};
const posting: Action = {
  kind: "postCard",
  reason: "",
  campaign: campaign.id,
  id: "card",
  card: cardOf({ kind: "opened", campaign }, context),
};

/** The address behind the button to the incident, of the card that was posted. */
async function linkAfter(url: string, actions: readonly Action[] = [posting, opening]): Promise<string> {
  const app = aTestApp(ATTACK_BEGAN);
  const openOrUpdate = async (): Promise<IncidentReceipt> => ({ id: "x", url, state: "opened" });
  const ports = { ...app.ports, incidents: { ...app.ports.incidents, openOrUpdate } };
  await carryOut(actions, "act", ports, keeping);
  const buttons = app.said.cards[0]?.card.actions as readonly { readonly title: string; readonly url?: string }[];
  return buttons.find(({ title }) => title === "Open the incident")?.url ?? "";
}

describe("the card's button to the incident", () => {
  test("leads where the service says that the incident is opened", async () => {
    const url = "https://portal.azure.com/#asset/Microsoft_Azure_Security_Insights/Incident/somewhere";
    expect(await linkAfter(url)).toBe(url);
  });

  test("leads where the incident will be, where it was written before or has no address in a browser", async () => {
    expect(await linkAfter("https://portal.azure.com/", [posting])).toBe(context.incidentUrl);
    expect(await linkAfter("incidents/0a0f.json")).toBe(context.incidentUrl);
  });

  test("is the only thing of the card that changes", async () => {
    const app = aTestApp(ATTACK_BEGAN);
    await carryOut([opening, posting], "act", app.ports, keeping);
    const [posted] = app.said.cards;
    const without = (text: string) => text.replaceAll(/"url":"[^"]*"/g, "");
    expect(without(JSON.stringify(posted?.card))).toBe(without(JSON.stringify(posting.card)));
    expect(JSON.stringify(posted?.card)).toContain("LogsBlade");
  });
});
