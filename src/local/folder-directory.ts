// The directory that a folder of logs brings along: a small file that says who holds a role, and whatever else is known.
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { isObjectId } from "../object-id.ts";
import type { Sessions } from "../ports.ts";
import { readTeamFile } from "../rulebook.ts";
import { parseInstant } from "../time.ts";
import { type DirectoryOf, type KnownPerson, type MemoryDirectory, memoryDirectory } from "./memory-directory.ts";
import { noDirectory, realClock } from "./stand-ins.ts";

export const DIRECTORY_FILE = "directory.yaml";

const objectId = z.string().refine(isObjectId, "is no object id: write it as 6f9b1c52-0000-4000-8000-000000000001");
const moment = z.string().transform((text, context) => {
  const at = parseInstant(text);
  if (at !== undefined) return at;
  context.addIssue({ code: "custom", message: "is no time: write it as 2026-11-20T08:00:00Z" });
  return z.NEVER;
});

const account = z.strictObject({
  id: objectId,
  /** User principal name. */
  name: z.string().default(""),
  enabled: z.boolean().default(true),
  guest: z.boolean().default(false),
  /** From an on-premises directory. */
  synchronised: z.boolean().default(false),
  roles: z.array(z.string().trim().min(1)).default([]),
  groups: z.array(objectId).default([]),
  sessionsValidFrom: moment.nullable().default(null),
  passwordChangedAt: moment.nullable().default(null),
});

const directory = z.strictObject({
  accounts: z.array(account).superRefine((accounts, context) => {
    const seen = new Set<string>();
    for (const [at, { id }] of accounts.entries()) {
      if (seen.has(id.toLowerCase()))
        context.addIssue({ code: "custom", message: "is listed twice", path: [at, "id"] });
      seen.add(id.toLowerCase());
    }
  }),
  /** Of accounts that are not listed. */
  others: z.enum(["unknown", "hold no role"]).default("unknown"),
});

const personOf = ({ id, name, guest, roles, groups, ...rest }: z.output<typeof account>): KnownPerson => ({
  user: { ...rest, id, userPrincipalName: name, kind: guest ? "guest" : "member" },
  roles,
  groups,
});

/** Null where the folder brings none. Throws Problems with file and field. */
export async function readDirectory(folder: string): Promise<DirectoryOf | null> {
  const path = join(folder, DIRECTORY_FILE);
  // What is there and cannot be read is no missing file.
  const missing = await lstat(path).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === "ENOENT" || error.code === "ENOTDIR",
  );
  if (missing) return null;
  const { accounts, others } = await readTeamFile(path, directory, "See docs/hunts.md for the directory of a folder.");
  return { people: accounts.map(personOf), othersHoldNoRole: others === "hold no role", what: path };
}

/** Without a directory every account counts as privileged, as nobody can say that it is not. */
export const peopleOf = (known: DirectoryOf | null, sessions: Sessions): MemoryDirectory =>
  known === null ? { directory: noDirectory, sessions } : memoryDirectory(known, sessions, realClock);
