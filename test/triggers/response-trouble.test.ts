// What the log of an invocation says of acting on accounts.
import { expect, test } from "vitest";
import { Problem, problemTexts } from "../../src/problems.ts";
import { hours, later } from "../../src/time.ts";
import { tendResponse } from "../../src/triggers/tend-response.ts";
import { aBreach, aPerson, aProven, nameFor } from "../response/people.ts";
import { aRig, type Rig, type RigOptions } from "../response/rig.ts";

/** What is said when one proven account is to be acted on. */
async function saidOf(options: RigOptions): Promise<{ readonly rig: Rig; readonly said: readonly string[] }> {
  const rig = aRig({ mode: "automatic", environment: { RESPONSE_ACTIONS: "revokeSessions" }, ...options });
  await rig.found(aBreach([aProven(1)]));
  const said: string[] = [];
  const { clock } = rig.app;
  await tendResponse(rig.app, later(clock.now(), hours(1)), { say: (text) => void said.push(text) });
  return { rig, said };
}

test("an order that was carried out and told is not mentioned", async () => {
  const { rig, said } = await saidOf({});
  expect(rig.test.writes).toHaveLength(1);
  expect(said).toEqual([]);
});

test("a directory that cannot be asked is, by the campaign and never by the account", async () => {
  const { said } = await saidOf({ people: [aPerson(1, { unreadable: ["user"] })] });
  expect(said).toEqual([expect.stringMatching(/^Accounts of .+ could not be decided about yet\..*Graph is away/)]);
  expect(said.join()).not.toContain(nameFor(1));
});

test("roles that cannot be read are: the account was not acted on without asking", async () => {
  const { said } = await saidOf({ people: [aPerson(1, { unreadable: ["roles"] })] });
  expect(said).toEqual([expect.stringContaining("not acted on without asking: its roles could not be read")]);
});

test("a step that failed is, with its code", async () => {
  const refused = async () => {
    throw new Problem(problemTexts.protectedAccount("User.RevokeSessions.All"));
  };
  const { said } = await saidOf({ ports: ({ sessions }) => ({ sessions: { ...sessions, revoke: refused } }) });
  expect(said).toEqual([expect.stringMatching(/^For .+ revokeSessions failed: ProtectedAccount\.$/)]);
});

test("an outcome that could not be told is", async () => {
  const away = async () => {
    throw new Problem(problemTexts.serviceFailed("The Teams workflow", "status 500"));
  };
  const { said } = await saidOf({ ports: () => ({ cards: { post: away } }) });
  expect(said).toEqual([expect.stringContaining("could not be told everywhere yet")]);
});
