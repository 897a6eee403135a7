import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openOutbox } from "../../src/local/outbox.ts";
import { sampleDirectory } from "../../src/local/sample-directory.ts";
import type { Account } from "../../src/local/sample-tenant/account.ts";
import { aClock } from "../azure/test-ports.ts";
import { type DirectoryPerson, directoryContract, type OpenDirectory } from "../contracts/directory.ts";
import { sessionsContract } from "../contracts/sessions.ts";

const accountOf = ({ user, roles = [] }: DirectoryPerson): Account => ({
  id: user.id,
  name: user.userPrincipalName,
  displayName: user.userPrincipalName,
  kind: user.kind,
  synchronised: user.synchronised,
  roles,
});

const opened: OpenDirectory = async (people) => {
  const folder = await mkdtemp(join(tmpdir(), "entra-hunt-responder-outbox-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const clock = aClock();
  const outbox = await openOutbox(folder);
  const written = async (call: string, kind: string): Promise<readonly string[]> =>
    (await readdir(join(folder, kind)).catch(() => [])).map((file) => `${call} ${file.replace(/\.json$/, "")}`);
  return {
    ...sampleDirectory(people.map(accountOf), outbox.sessions, clock),
    now: clock.now,
    done: async () => new Set([...(await written("revoke", "revocations")), ...(await written("disable", "disabled"))]),
  };
};

directoryContract("the sample tenant", opened, { groups: false, history: false });
sessionsContract("the sample tenant, over the outbox", opened);
