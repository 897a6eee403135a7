// What a team writes down beside our hunts: read whole, or refused with file, line and field.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gradeOf } from "../src/findings/grading.ts";
import { gradingTable } from "../src/findings/grading-table.ts";
import type { Problems } from "../src/problems.ts";
import { readGrading } from "../src/rulebook.ts";
import { aFact } from "./findings/fact.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rulebook-of-a-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function written(text: string): Promise<string> {
  const file = join(folder, "grading.yaml");
  await writeFile(file, text);
  return file;
}

describe("a team's own lines for the table of grades", () => {
  test("take the place of ours or are added, and are named", async () => {
    const table = await readGrading(
      await written(`codes:
  "50144": { verdict: right, meaning: expired in Active Directory, source: our own tests of May }
basicClients:
  - { words: Contoso Mailer, source: our own client }
`),
    );
    expect(gradeOf(aFact({ code: "50144", protocol: "ropc" }), table).grade).toBe("right");
    expect(gradeOf(aFact({ code: "0", client: "Contoso Mailer 3" }), table).grade).toBe("right");
    expect(table.codes["50126"]).toEqual(gradingTable.codes["50126"]);
    expect(table.adjusted).toEqual(["50144 is right (ours: ambiguous)", 'basicClients has "Contoso Mailer"']);
  });

  test("are refused where one names no source or says what no code can say, each with its place", async () => {
    const file = await written(`codes:
  "50144": { verdict: right, meaning: expired }
  "50055": { verdict: probably, meaning: expired, source: us }
`);
    const problems = await readGrading(file).then(
      () => [],
      (error: Problems) => error.problems.map(({ message }) => message),
    );
    expect(problems).toEqual([
      expect.stringMatching(/grading\.yaml:3: codes\.50055\.verdict: Invalid option/),
      expect.stringMatching(/grading\.yaml:2: codes\.50144\.source: Invalid input/),
    ]);
  });
});
