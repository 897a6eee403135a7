import { expect, test } from "vitest";
import { passingTrouble, seen, waitAsked, withoutAnswer } from "../../src/azure/wire.ts";
import { duration, hours, seconds } from "../../src/time.ts";
import { noon } from "./test-ports.ts";

const far = { service: "Microsoft Graph", host: "graph.microsoft.com" };
const reply = (status: number, text = "", headers: Record<string, string> = {}) => ({
  status,
  text,
  header: (name: string) => headers[name],
});

test.each([
  ["seconds", { "retry-after": "17" }, seconds(17)],
  ["no time at all", { "retry-after": "0" }, seconds(0)],
  ["milliseconds before seconds", { "retry-after": "17", "retry-after-ms": "250" }, duration(250)],
  ["milliseconds as Azure says them", { "x-ms-retry-after-ms": "1500" }, duration(1500)],
  ["a date to come", { "retry-after": "Sat, 21 Nov 2026 13:00:00 GMT" }, hours(1)],
  ["a date gone by", { "retry-after": "Fri, 20 Nov 2026 13:00:00 GMT" }, seconds(0)],
  ["nothing", {}, undefined],
  ["nonsense", { "retry-after": "soon" }, undefined],
  ["less than nothing", { "retry-after": "-5" }, undefined],
  ["a day that there is not", { "retry-after": "Sat, 31 Feb 2026 13:00:00 GMT" }, undefined],
])("a wait of %s", (_title, headers, expected) => {
  expect(waitAsked(reply(429, "", headers).header, noon)).toBe(expected);
});

test.each([429, 408, 500, 502, 503, 504])("status %i passes by itself", (status) => {
  expect(passingTrouble(far, reply(status), noon)).toMatchObject({ retry: true });
});

test.each([200, 400, 401, 403, 404, 409])("status %i does not", (status) => {
  expect(passingTrouble(far, reply(status), noon)).toBeUndefined();
});

test("a status is told with the service's own words, at reasonable length, and never with a page", () => {
  expect(seen(reply(403, '{"error":{"code":"Denied","message":"No."}}'))).toBe("status 403, Denied: No");
  expect(seen(reply(403, `{"error":{"code":"Denied","message":"${"long ".repeat(500)}"}}`)).length).toBeLessThan(600);
  expect(seen(reply(502, "<html>Bad Gateway for finance@contoso.example</html>"))).toBe(
    "status 502 with a page of HTML",
  );
  expect(seen(reply(500, "finance@contoso.example"))).toBe("status 500");
});

test("a certificate that is not trusted is not tried again; a broken connection is", () => {
  const broken = (code: string) => Object.assign(new Error("…"), { name: "RestError", code });
  expect(withoutAnswer(far, broken("SELF_SIGNED_CERT_IN_CHAIN"))).toMatchObject({ code: "Unreachable", retry: false });
  expect(withoutAnswer(far, broken("ECONNRESET"))).toMatchObject({ code: "Unreachable", retry: true });
});

test("a bug stays a bug", () => {
  const bug = new TypeError("x is not a function");
  expect(withoutAnswer(far, bug)).toBe(bug);
});
