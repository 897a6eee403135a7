import { expect, test } from "vitest";
import { noDirectory } from "../../src/local/stand-ins.ts";
import { alice } from "../contracts/directory.ts";
import { aBreach, aProven } from "../response/people.ts";
import { aRig } from "../response/rig.ts";

test("where there is no directory nobody is looked up: that is a problem, and neither nobody nor no roles", async () => {
  for (const asked of [noDirectory.user(alice), noDirectory.roles(alice), noDirectory.groupsAmong(alice, [alice])])
    await expect(asked).rejects.toMatchObject({ code: "NoDirectory", retry: false });
});

test("logs without a directory lead to no action on an account, and the journal keeps the question open", async () => {
  const rig = aRig({ mode: "automatic", ports: () => ({ directory: noDirectory }) });
  await rig.found(aBreach([aProven(1)]));
  await rig.tend();
  expect(rig.test.writes).toEqual([]);
  expect(await rig.records("order ")).toEqual([]);
  expect(await rig.records("case ")).toHaveLength(1);
});
