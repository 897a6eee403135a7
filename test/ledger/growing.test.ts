import { expect, test } from "vitest";
import { hours, later, minutes } from "../../src/time.ts";
import { at } from "../builders.ts";
import { aSuccess, evident } from "../evident.ts";
import { aSpray } from "../tenant.ts";
import { aTestApp } from "../test-app.ts";
import { runUntil } from "./engine.ts";

const start = at("2026-11-21T12:00:00Z");

const growing = (environment: Readonly<Record<string, string>> = {}) =>
  evident(aTestApp(start, { environment: { FIRST_LOOK_BACK: "2h", ...environment } }));

test("a campaign that reaches an account that the team has named says so, once", async () => {
  const app = growing({ PROTECTED_ACCOUNTS: "root@contoso.example" });
  await runUntil(app, later(start, minutes(20)));
  app.tenant.signIns.push(...aSpray(at("2026-11-21T12:12:00Z")));
  await runUntil(app, later(start, hours(1)));
  const [one] = aSpray(at("2026-11-21T13:12:00Z"));
  app.tenant.signIns.push(...aSpray(at("2026-11-21T13:12:00Z")));
  if (one) app.tenant.signIns.push({ ...one, account: "root@contoso.example" });
  await runUntil(app, later(start, hours(3)));
  expect(app.said.comments.map(({ text }) => text)).toEqual([
    "This campaign has grown: a privileged target: root@contoso.example.",
  ]);
});

test("after a week of quiet the same address begins a new campaign, whose incident names the old and keeps naming it", async () => {
  const app = growing();
  await runUntil(app, later(start, minutes(20)));
  app.tenant.signIns.push(...aSpray(at("2026-11-21T12:12:00Z")));
  await runUntil(app, later(start, hours(1)));
  const [old = ""] = app.queue.keys();
  app.tenant.signIns.push(...aSpray(at("2026-11-29T12:12:00Z")), ...aSpray(at("2026-11-29T13:12:00Z")));
  app.clock.set(at("2026-11-29T12:00:00Z"));
  await runUntil(app, at("2026-11-29T13:00:00Z"));
  const link = `incident ${old}), which was quiet from 2026-11-21 12:20 UTC: the same address: 203.0.113.7.`;
  const follower = () => [...app.queue.values()][1];
  expect([app.queue.size, follower()?.description]).toEqual([2, expect.stringContaining(link)]);
  const before = follower()?.lastActivity ?? 0;
  await runUntil(app, at("2026-11-29T14:00:00Z"));
  expect(follower()?.lastActivity).toBeGreaterThan(before);
  expect(follower()?.description).toContain(link);
});

test("what was proven and turns out to be nothing, once the details of the sign-in are whole, is taken back aloud", async () => {
  const app = growing();
  await runUntil(app, later(start, minutes(20)));
  const success = aSuccess(at("2026-11-21T12:14:00Z"), "user3@contoso.example");
  app.tenant.signIns.push(...aSpray(at("2026-11-21T12:12:00Z")), success);
  await runUntil(app, later(start, hours(1)));
  expect([...app.queue.values()].map(({ title }) => title)).toEqual([expect.stringContaining("1 got in")]);
  app.tenant.signIns.splice(app.tenant.signIns.indexOf(success), 1, { ...success, code: "50126" });
  await runUntil(app, later(start, hours(2)));
  expect(app.said.comments.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^Taken back, because .*: user3@contoso\.example\./),
  ]);
});

test("a campaign that goes on says nothing more; a new kind of answer is a comment on its incident, once", async () => {
  const app = growing();
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
