import { expect, test } from "vitest";
import type { Directory, Sessions } from "../../src/ports.ts";
import { later, minutes } from "../../src/time.ts";
import { tend } from "../../src/triggers/tend.ts";
import { watch } from "../../src/triggers/watch.ts";
import { at } from "../builders.ts";
import { aSpray } from "../tenant.ts";
import { anInvocation, aTestApp } from "../test-app.ts";

/** A port of which no call is expected; the calls are kept. */
const untouched = <T extends object>(calls: string[]): T =>
  new Proxy({} as T, {
    get: (_, name) => async () => {
      calls.push(String(name));
      throw new Error("Nobody was to be asked about or acted on.");
    },
  });

test("a failed-only spray over 1,000 accounts is told, and leads to no call to Graph at all", async () => {
  const calls: string[] = [];
  const now = at("2026-11-21T12:00:00Z");
  const app = aTestApp(now, {
    environment: {
      RESPONSE_MODES: "single-factor-spray=automatic",
      RESPONSE_ACTIONS: "revokeSessions,disableAccount",
      APPROVALS: "on",
      APPROVERS: "0f0e0d0c-0000-4000-8000-00000000a001",
      APP_URL: "https://hunt-responder.example",
    },
    ports: { sessions: untouched<Sessions>(calls), directory: untouched<Directory>(calls) },
  });
  await watch(app, anInvocation());
  app.tenant.signIns.push(...aSpray(later(now, minutes(2)), { accounts: 1_000 }));
  for (let n = 1; n <= 6; n++) {
    app.clock.set(later(now, minutes(10 * n)));
    await watch(app, anInvocation());
    await tend(app, anInvocation());
  }
  expect(calls).toEqual([]);
  expect(app.queue.size).toBeGreaterThan(0);
  expect(app.said.cards.some(({ card }) => JSON.stringify(card).includes("merely attacked is not signed out"))).toBe(
    true,
  );
});
