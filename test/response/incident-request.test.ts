import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DESCRIPTION_ROOM,
  type IncidentProperties,
  incidentRequest,
  incidentUpdate,
} from "../../src/response/incident-request.ts";
import { anIncident } from "../contracts/incidents.ts";

const standing = (over: Partial<IncidentProperties> = {}): IncidentProperties => ({
  ...incidentRequest(anIncident()),
  ...over,
});
const labelsOf = (properties: IncidentProperties | undefined) => properties?.labels.map((label) => label.labelName);

describe("a new incident", () => {
  test("asks for what the service demands: title, severity and status", () => {
    expect(incidentRequest(anIncident())).toMatchObject({
      title: anIncident().title,
      severity: "Medium",
      status: "New",
    });
  });

  test("a description that keeps to its room is not cut, whatever labels there are", () => {
    const description = "x".repeat(DESCRIPTION_ROOM);
    const labels = Array.from({ length: 20 }, (_, n) => `label ${n}`);
    const request = incidentRequest(anIncident({ description, labels, severity: "Informational" }));
    expect(request.description.startsWith(description)).toBe(true);
    expect(request.description.length).toBeLessThanOrEqual(5000);
  });
});

describe("a standing incident", () => {
  test("says nothing new when asked for the same", () => {
    expect(incidentUpdate(standing(), anIncident())).toBeUndefined();
  });

  test("says nothing new where the service tidied its white space", () => {
    const tidied = standing({ description: standing().description.replaceAll("\n", "\r\n").trim() });
    expect(incidentUpdate({ ...tidied, title: `${tidied.title} ` }, anIncident())).toBeUndefined();
  });

  test("that was raised keeps the label through later updates, and is not raised again after a person lowered it", () => {
    const raise = anIncident({ severity: "High", raises: "not-contained" });
    const raisedOnce = incidentUpdate(standing(), raise);
    const grown = incidentUpdate(raisedOnce ?? standing(), anIncident({ description: "It grew." }));
    expect(labelsOf(grown)).toContain("not-contained");
    expect(grown?.severity).toBe("High");
    const lowered = { ...(raisedOnce ?? standing()), severity: "Low" };
    expect(incidentUpdate(lowered, raise)).toBeUndefined();
  });

  test("a note that a person put into the description stays until there is more to say", () => {
    const noted = standing({ description: `Seen by Sam.\n${standing().description}` });
    expect(incidentUpdate(noted, anIncident())).toBeUndefined();
    const later = incidentUpdate(noted, anIncident({ severity: "High" }));
    expect(later?.description).toContain("Seen by Sam.");
  });

  test("a description that a person wrote anew is theirs, and the title with it", () => {
    const theirs = standing({ description: "All of it is known.", title: "Known" });
    const update = incidentUpdate(
      theirs,
      anIncident({ title: "99 attempted", description: "It grew.", severity: "High" }),
    );
    expect(update).toMatchObject({ description: "All of it is known.", title: "Known", severity: "High" });
  });

  test("a severity that a person lowered stays low however often we ask, also after asking for less in between", () => {
    const asked = incidentRequest(anIncident({ severity: "High" }));
    const lowered = { ...asked, severity: "Low" };
    const calmer = incidentUpdate(lowered, anIncident({ severity: "Medium", description: "Calmer." }));
    expect(calmer?.severity).toBe("Low");
    const again = incidentUpdate(calmer ?? lowered, anIncident({ severity: "High", description: "Again." }));
    expect(again?.severity).toBe("Low");
  });

  test("a label that a person had set themselves is not taken back with ours", () => {
    const theirs = standing({ labels: [...standing().labels, { labelName: "level:known" }] });
    const known = incidentUpdate(theirs, anIncident({ labels: ["level:known"], description: "1." }));
    const entered = incidentUpdate(known ?? theirs, anIncident({ labels: ["level:entered"], description: "2." }));
    expect(labelsOf(entered)).toEqual(["level:known", "level:entered"]);
  });

  test("a label of ours that no longer holds can come back later", () => {
    const known = incidentUpdate(standing(), anIncident({ labels: ["level:known"] }));
    const attempted = incidentUpdate(known ?? standing(), anIncident({ labels: ["level:attempted"] }));
    expect(labelsOf(known)).toEqual(["level:known"]);
    expect(labelsOf(attempted)).toEqual(["level:attempted"]);
  });

  test("labels are the same whatever their case", () => {
    const shouted = standing({
      labels: standing().labels.map(({ labelName }) => ({ labelName: labelName.toUpperCase() })),
    });
    expect(incidentUpdate(shouted, anIncident())).toBeUndefined();
  });

  test("whatever is asked for, asking for it twice changes nothing the second time", () => {
    const severity = fc.constantFrom("High", "Medium", "Low", "Informational");
    const asked = fc.record({
      title: fc.string({ unit: "grapheme" }),
      description: fc.string({ unit: "grapheme", maxLength: 6000 }),
      severity,
      labels: fc.array(fc.string(), { maxLength: 6 }),
    });
    fc.assert(
      fc.property(asked, asked, severity, (before, now, byHand) => {
        const there = { ...incidentRequest(anIncident(before as object)), severity: byHand };
        const once = incidentUpdate(there, anIncident(now as object)) ?? there;
        expect(once.description.length).toBeLessThanOrEqual(5000);
        expect(incidentUpdate(once, anIncident(now as object))).toBeUndefined();
      }),
    );
  });
});
