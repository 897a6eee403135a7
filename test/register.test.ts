import { expect, test } from "vitest";
import { at } from "./builders.ts";
import { serve } from "./served.ts";
import { aTestApp } from "./test-app.ts";

const worker = await serve(aTestApp(at("2026-11-21T12:00:00Z")));
const bindingOf = (name: string) =>
  Object.values(worker.functions.find((each) => each.name === name)?.bindings ?? {})[0];

test("the timers take their schedules from settings and never fire because the app has started", () => {
  expect(bindingOf("watch")).toMatchObject({
    type: "timerTrigger",
    schedule: "%WATCH_SCHEDULE%",
    runOnStartup: false,
    useMonitor: true,
  });
  expect(bindingOf("tend")).toMatchObject({
    type: "timerTrigger",
    schedule: "%TEND_SCHEDULE%",
    runOnStartup: false,
    useMonitor: true,
  });
});

test("every function over HTTP takes one method and asks for a key, but for the page that people sign in for", () => {
  const http = worker.functions
    .map(({ name }) => [name, bindingOf(name)] as const)
    .filter(([, binding]) => binding?.type === "httpTrigger");
  expect(http.map(([name, binding]) => [name, binding?.methods, binding?.authLevel, binding?.route])).toEqual([
    ["listHunts", ["GET"], "function", "hunts"],
    ["runHunt", ["POST"], "function", "hunts/{name}/runs"],
    ["health", ["GET"], "function", "health"],
    ["showApproval", ["GET"], "anonymous", "approvals/{number}"],
    ["decideOnApproval", ["POST"], "anonymous", "approvals/{number}"],
    ["stop", ["POST"], "function", "stop"],
    ["mute", ["POST"], "function", "campaigns/{name}/mute"],
  ]);
});
