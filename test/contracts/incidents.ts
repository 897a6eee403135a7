// What every keeper of incidents does, whatever it is made of.
import { describe, expect, test } from "vitest";
import type { Classification, Incident, Incidents } from "../../src/ports.ts";
import { type Instant, later, minutes, parseInstant } from "../../src/time.ts";

/** An incident as a person would see it now. */
export interface SeenIncident {
  readonly title: string;
  readonly description: string;
  readonly severity: string;
  readonly labels: readonly string[];
  readonly comments: readonly string[];
}

/** A person who works on an incident. */
export interface Analyst {
  takes(id: string, upn: string): void;
  sets(
    id: string,
    change: { readonly severity?: string; readonly title?: string; readonly labels?: readonly string[] },
  ): void;
  closes(id: string, as: Classification): void;
  comments(id: string, count: number): void;
  seesOwnerAndStatus(id: string): readonly [owner: string, status: string];
}

export interface IncidentsWorld {
  readonly incidents: Incidents;
  seen(id: string): Promise<SeenIncident | undefined>;
  /** How often anything was written. */
  writes(): number;
  /** Missing where nobody works on what is kept. */
  readonly analyst?: Analyst;
}

const first = parseInstant("2026-11-21T10:00:00Z") as Instant;

export const anIncident = (over: Partial<Incident> = {}): Incident => ({
  id: "3c0f8a4e-5b1d-8c2e-9f3a-7d6b5c4a3f21",
  title: "31 attempted – single-factor spray – amber-otter",
  description: "Thirty-one accounts were tried from 203.0.113.7.",
  severity: "Medium",
  labels: ["hunt:single-factor-spray", "level:attempted"],
  firstActivity: first,
  lastActivity: later(first, minutes(10)),
  ...over,
});

/** `opened` gives an empty world each time. */
export function incidentsContract(name: string, opened: () => Promise<IncidentsWorld>, withAnalyst: boolean): void {
  describe(`${name} as a keeper of incidents`, () => {
    test("a new incident is opened with what it says, and a person can open it", async () => {
      const { incidents, seen } = await opened();
      const incident = anIncident();
      const receipt = await incidents.openOrUpdate(incident);
      expect(receipt).toMatchObject({ id: incident.id, state: "opened" });
      expect(receipt.url).not.toBe("");
      expect(await seen(incident.id)).toMatchObject({
        title: incident.title,
        description: expect.stringContaining(incident.description),
        severity: "Medium",
        labels: incident.labels,
      });
    });

    test("saying the same again writes nothing", async () => {
      const { incidents, writes } = await opened();
      const { url } = await incidents.openOrUpdate(anIncident());
      const before = writes();
      expect(await incidents.openOrUpdate(anIncident())).toMatchObject({ state: "unchanged", url });
      expect(writes()).toBe(before);
    });

    test("an incident that is raised gets the severity and the label, and nothing else of it changes", async () => {
      const { incidents, seen, writes } = await opened();
      await incidents.openOrUpdate(anIncident());
      const raise = anIncident({
        title: "What was known an hour ago",
        description: "What was known an hour ago.",
        labels: ["level:known"],
        severity: "High",
        raises: "not-contained",
        lastActivity: later(first, minutes(90)),
      });
      await incidents.openOrUpdate(raise);
      const after = {
        title: anIncident().title,
        description: expect.stringContaining(anIncident().description),
        severity: "High",
        labels: [...anIncident().labels, "not-contained"],
      };
      expect(await seen(anIncident().id)).toMatchObject(after);
      const before = writes();
      expect(await incidents.openOrUpdate(raise)).toMatchObject({ state: "unchanged" });
      expect(writes()).toBe(before);
    });

    test("an incident that does not exist yet is opened whole by what would raise it", async () => {
      const { incidents, seen } = await opened();
      await incidents.openOrUpdate(anIncident({ raises: "not-contained", severity: "High" }));
      expect(await seen(anIncident().id)).toMatchObject({
        title: anIncident().title,
        severity: "High",
        labels: [...anIncident().labels, "not-contained"],
      });
    });

    test("an incident that grew says more, in one write", async () => {
      const { incidents, seen, writes } = await opened();
      const { url } = await incidents.openOrUpdate(anIncident());
      const before = writes();
      const grown = anIncident({
        title: "1 got in, 60 attempted – single-factor spray – amber-otter",
        description: "Sixty accounts were tried, and one was entered.",
        severity: "High",
        labels: ["hunt:single-factor-spray", "level:entered"],
        lastActivity: later(first, minutes(40)),
      });
      expect(await incidents.openOrUpdate(grown)).toMatchObject({ state: "updated", url });
      expect(writes()).toBe(before + 1);
      const now = await seen(grown.id);
      expect(now).toMatchObject({ title: grown.title, severity: "High", labels: grown.labels });
      expect(now?.description).toContain("Sixty accounts");
      expect(now?.description).not.toContain("Thirty-one");
      expect(await incidents.openOrUpdate(grown)).toMatchObject({ state: "unchanged" });
    });

    test("incidents do not get in each other's way", async () => {
      const { incidents, seen } = await opened();
      const other = anIncident({ id: "9a8b7c6d-1e2f-8a3b-8c4d-5e6f7a8b9c0d", title: "Another" });
      await Promise.all([incidents.openOrUpdate(anIncident()), incidents.openOrUpdate(other)]);
      expect((await seen(other.id))?.title).toBe("Another");
      expect((await seen(anIncident().id))?.title).toBe(anIncident().title);
    });

    test("a description of any length is kept within 5,000 characters, and says that it was cut", async () => {
      const { incidents, seen } = await opened();
      await incidents.openOrUpdate(
        anIncident({ description: `${"The account finance@contoso.example. ".repeat(300)}END` }),
      );
      const description = (await seen(anIncident().id))?.description ?? "";
      expect(description.length).toBeLessThanOrEqual(5000);
      expect(description).toContain("was cut");
      expect(description).not.toContain("END");
    });

    test("a comment is added once, however often it is asked for", async () => {
      const { incidents, seen } = await opened();
      const { id } = await incidents.openOrUpdate(anIncident());
      await incidents.comment(id, "escalated", "One account was entered.");
      await incidents.comment(id, "escalated", "One account was entered.");
      await incidents.comment(id, "quiet", "Nothing new for a day.");
      expect((await seen(id))?.comments).toEqual(["One account was entered.", "Nothing new for a day."]);
    });
  });

  if (!withAnalyst) return;

  describe(`${name} beside an analyst`, () => {
    const started = async (over: Partial<Incident> = {}) => {
      const world = await opened();
      if (world.analyst === undefined) throw new Error(`${name} has no analyst.`);
      const { id } = await world.incidents.openOrUpdate(anIncident(over));
      return { ...world, analyst: world.analyst, id };
    };
    const grown = (over: Partial<Incident> = {}) => anIncident({ description: "It grew.", ...over });

    test("whose incident it is and how far they are stays when it grows", async () => {
      const { incidents, analyst, id } = await started();
      analyst.takes(id, "sam@contoso.example");
      await incidents.openOrUpdate(grown());
      expect(analyst.seesOwnerAndStatus(id)).toEqual(["sam@contoso.example", "Active"]);
    });

    test("labels of people stay, and ours change with what is known", async () => {
      const { incidents, analyst, seen, id } = await started();
      analyst.sets(id, { labels: ["vip", "hunt:single-factor-spray", "level:attempted"] });
      await incidents.openOrUpdate(grown({ labels: ["hunt:single-factor-spray", "level:known"] }));
      expect((await seen(id))?.labels.toSorted()).toEqual(["hunt:single-factor-spray", "level:known", "vip"]);
    });

    test("a label that a person took away does not come back", async () => {
      const { incidents, analyst, seen, id } = await started();
      analyst.sets(id, { labels: ["level:attempted"] });
      await incidents.openOrUpdate(grown());
      await incidents.openOrUpdate(grown({ description: "It grew again." }));
      expect((await seen(id))?.labels).toEqual(["level:attempted"]);
    });

    test("a severity that a person lowered stays until more is known", async () => {
      const { incidents, analyst, seen, id } = await started();
      analyst.sets(id, { severity: "Low" });
      await incidents.openOrUpdate(grown());
      expect((await seen(id))?.severity).toBe("Low");
      await incidents.openOrUpdate(grown({ severity: "High" }));
      expect((await seen(id))?.severity).toBe("High");
    });

    test("a severity that a person raised is not lowered", async () => {
      const { incidents, analyst, seen, id } = await started();
      analyst.sets(id, { severity: "High" });
      await incidents.openOrUpdate(grown());
      expect((await seen(id))?.severity).toBe("High");
    });

    test("a title that a person wrote stays", async () => {
      const { incidents, analyst, seen, id } = await started();
      analyst.sets(id, { title: "The one from Tuesday" });
      await incidents.openOrUpdate(grown({ title: "99 attempted" }));
      expect(await seen(id)).toMatchObject({
        title: "The one from Tuesday",
        description: expect.stringContaining("It grew."),
      });
    });

    test("what a person changed is no reason to write", async () => {
      const { incidents, analyst, writes, id } = await started();
      analyst.takes(id, "sam@contoso.example");
      analyst.sets(id, { severity: "Low", title: "The one from Tuesday", labels: [] });
      const before = writes();
      expect(await incidents.openOrUpdate(anIncident())).toMatchObject({ state: "unchanged" });
      expect(writes()).toBe(before);
    });

    test("a closed incident is left alone, and says how it was judged, when, and whose it was", async () => {
      const { incidents, analyst, writes, seen, id } = await started();
      analyst.takes(id, "sam@contoso.example");
      analyst.closes(id, "BenignPositive");
      const [before, stood] = [writes(), await seen(id)];
      const receipt = await incidents.openOrUpdate(grown({ severity: "High" }));
      expect(receipt).toMatchObject({
        state: "closed",
        classification: "BenignPositive",
        closedAt: expect.any(Number),
        owner: "sam@contoso.example",
      });
      expect(writes()).toBe(before);
      expect(await seen(id)).toEqual(stood);
    });

    test("the ninetieth comment is our last, says so, and the next is refused as a Problem", async () => {
      const { incidents, analyst, seen, id } = await started();
      analyst.comments(id, 89);
      await incidents.comment(id, "ninety", "It grew.");
      expect((await seen(id))?.comments.at(-1)).toMatch(/^It grew\..*last comment/s);
      await expect(incidents.comment(id, "ninety-one", "It grew again.")).rejects.toMatchObject({
        code: "CommentLimit",
        retry: false,
      });
      await incidents.comment(id, "ninety", "It grew.");
      expect((await seen(id))?.comments).toHaveLength(90);
    });

    test("a comment on an incident that is not there is told so", async () => {
      const { incidents } = await opened();
      await expect(incidents.comment(anIncident().id, "a", "text")).rejects.toMatchObject({ code: "MissingIncident" });
    });
  });
}
