import { expect, test } from "vitest";
import { numberIn, ours, principal, signIn } from "../approvals/visit.ts";
import { aBreach, aPerson, aProven } from "../response/people.ts";
import { APP_URL, aRig } from "../response/rig.ts";
import { serve } from "../served.ts";

async function asked() {
  const rig = aRig({ people: [aPerson(1)], whoAsks: signIn });
  await rig.found(aBreach([aProven(1)]));
  await rig.tend();
  return { rig, number: numberIn(rig), worker: await serve(rig.app) };
}

test("the page is HTML that runs no script, loads nothing, is kept by nobody and is shown in no frame", async () => {
  const { number, worker } = await asked();
  const { status, headers, text } = await worker.http("showApproval", { params: { number }, headers: principal() });
  expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
  expect(headers["content-security-policy"]).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
  );
  expect([headers["x-frame-options"], headers["cache-control"], headers["referrer-policy"]]).toEqual([
    "DENY",
    "no-store",
    "same-origin",
  ]);
  expect(text).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(text).not.toMatch(/<script|<link|<img|style="|onclick|https?:\/\//i);
});

test("without sign-in in front it shows nothing, through the real library with its own reading of the headers", async () => {
  const { number, worker } = await asked();
  const appOnly = { "x-ms-client-principal": principal()["x-ms-client-principal"].slice(0, 40) };
  for (const headers of [{}, appOnly]) {
    const { status, text } = await worker.http("showApproval", { params: { number }, headers });
    expect([status, text.includes("contoso.example")]).toEqual([403, false]);
  }
});

test("a decision asks the logs again before anything is done", async () => {
  const { rig, number, worker } = await asked();
  const { text } = await worker.http("showApproval", { params: { number }, headers: principal() });
  const digest = /name="digest" value="([^"]+)"/.exec(text)?.[1] ?? "";
  const body = new URLSearchParams({ part: "0", decision: "approve", digest }).toString();
  const headers = { ...principal(), ...ours, origin: APP_URL };
  // This rig's logs answer with nothing that could be read.
  const answer = await worker.http("decideOnApproval", { params: { number }, headers, body });
  expect([answer.status, answer.text.includes("The evidence could not be asked again")]).toEqual([409, true]);
  expect(rig.test.writes).toEqual([]);
});

test("a form that is too long is not read", async () => {
  const { number, worker } = await asked();
  const answer = await worker.http("decideOnApproval", {
    params: { number },
    headers: { ...principal(), ...ours },
    body: "x".repeat(3_000),
  });
  expect(answer.status).toBe(413);
});
