import { expect, test } from "vitest";
import { hours, later, minutes } from "../../src/time.ts";
import { at } from "../builders.ts";
import { evident } from "../evident.ts";
import { aSpray } from "../tenant.ts";
import { aTestApp } from "../test-app.ts";
import { runUntil } from "./engine.ts";

const start = at("2026-11-21T12:00:00Z");

test("a campaign that goes on says nothing more; a new kind of answer is a comment on its incident, once", async () => {
  const app = evident(aTestApp(start, { environment: { FIRST_LOOK_BACK: "2h" } }));
  await runUntil(app, later(start, minutes(20)));
  app.tenant.signIns.push(...aSpray(at("2026-11-21T12:12:00Z")), ...aSpray(at("2026-11-21T13:12:00Z")));
  await runUntil(app, later(start, hours(2)));
  expect([app.queue.size, app.said.comments]).toEqual([1, []]);

  app.tenant.signIns.push(...aSpray(at("2026-11-21T14:12:00Z"), { code: "50034" }));
  app.tenant.signIns.push(...aSpray(at("2026-11-21T15:12:00Z"), { code: "50034" }));
  await runUntil(app, later(start, hours(4)));
  expect(app.said.comments.map(({ incident, text }) => [incident, text])).toEqual([
    [[...app.queue.keys()][0], "This campaign has grown: a new kind of answer: 50034."],
  ]);
});
