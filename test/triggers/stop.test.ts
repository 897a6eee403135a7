import { describe, expect, test } from "vitest";
import { readStop } from "../../src/response/stop-switch.ts";
import { at } from "../builders.ts";
import { jsonOf, serve } from "../served.ts";
import { aTestApp } from "../test-app.ts";

const now = at("2026-11-21T12:00:00Z");

async function post(
  body: string,
  environment: Readonly<Record<string, string>> = {},
  before = aTestApp(now, { environment }),
) {
  const worker = await serve(before);
  const reply = await worker.http("stop", { body });
  return { app: before, reply, stop: await readStop(before.ports.journal) };
}

describe("the stop switch over HTTP", () => {
  test("is thrown by an empty request, because whoever needs it is in a hurry", async () => {
    const { reply, stop } = await post("");
    expect([reply.status, jsonOf(reply)]).toEqual([200, { stopped: true, at: "2026-11-21T12:00:00.000Z" }]);
    expect(stop).toEqual({ on: true, because: "", at: now });
  });

  test("keeps why it was thrown, and is lifted only by saying so", async () => {
    const { app, stop } = await post('{"because":"the evidence looks wrong"}');
    expect(stop).toMatchObject({ on: true, because: "the evidence looks wrong" });
    expect((await post('{"on":false}', {}, app)).stop).toMatchObject({ on: false });
  });

  test.each(['{"on":"no"}', '{"off":true}', "off", "[]", '{"on":false,"more":1}'])(
    "takes %s for a mistake and changes nothing",
    async (body) => {
      const { reply, stop } = await post(body);
      expect([reply.status, stop]).toEqual([400, null]);
    },
  );

  test("says that the app stays stopped where the setting is on as well", async () => {
    const { reply } = await post('{"on":false}', { RESPONSE_STOPPED: "on" });
    expect(jsonOf(reply)).toMatchObject({ stopped: true, notice: expect.stringContaining("RESPONSE_STOPPED") });
  });
});
