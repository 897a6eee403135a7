// The logs that a command asks: a folder, or the sample tenant made on the spot.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Exclusion } from "../hunts/exclusion.ts";
import { prepareParser } from "../kql/engine.ts";
import { peopleOf, readDirectory } from "../local/folder-directory.ts";
import { type LogStore, openLogStore } from "../local/log-store.ts";
import { sampleDirectory } from "../local/sample-directory.ts";
import { SAMPLE_EXCLUSIONS } from "../local/sample-tenant/exclusions.ts";
import { writeInThread } from "../local/sample-tenant/write-in-thread.ts";
import { realClock } from "../local/stand-ins.ts";
import type { Directory, Sessions } from "../ports.ts";
import { readExclusions } from "../rulebook.ts";
import { type Instant, systemClock } from "../time.ts";
import type { Progress } from "./progress.ts";

export interface OpenLogs {
  readonly store: LogStore;
  /** What the owners of these logs leave out: hunt's name -> exclusions. */
  readonly exclusions: Readonly<Record<string, readonly Exclusion[]>>;
  /** What the logs are, in words. */
  readonly what: string;
  /** Whom the logs are about. Of a folder without a directory nobody knows who holds a role. */
  readonly people: (sessions: Sessions) => { readonly directory: Directory; readonly sessions: Sessions };
  close(): Promise<void>;
}

export interface LogsAsked {
  /** A folder; the sample tenant where it is absent. */
  readonly logs: string | undefined;
  /** Where the sample tenant's logs end; now where it is absent. */
  readonly to: Instant | undefined;
  readonly watchlists?: string | undefined;
}

async function openSample(
  asked: LogsAsked,
  watchlists: { watchlists?: string },
  progress: Progress,
): Promise<OpenLogs> {
  const folder = await mkdtemp(join(tmpdir(), "entra-hunt-responder-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    progress.say("Making the sample tenant");
    const writing = writeInThread(folder, { to: asked.to ?? systemClock() });
    prepareParser();
    const { story } = await writing;
    progress.say("Loading the sample tenant");
    const store = await openLogStore({ folder, ...watchlists });
    const close = async (): Promise<void> => {
      await store.close();
      await remove();
    };
    return {
      store,
      exclusions: await readExclusions(SAMPLE_EXCLUSIONS),
      what: "the built-in sample tenant",
      people: (sessions) => sampleDirectory(story.accounts, sessions, realClock),
      close,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Throws a Problem where the folder, or the directory that it brings, cannot be read. */
export async function openLogs(asked: LogsAsked, progress: Progress): Promise<OpenLogs> {
  const watchlists = asked.watchlists === undefined ? {} : { watchlists: resolve(asked.watchlists) };
  if (asked.logs === undefined) return openSample(asked, watchlists, progress);
  const { logs } = asked;
  progress.say(`Loading ${logs}`);
  const known = await readDirectory(resolve(logs));
  const store = await openLogStore({ folder: resolve(logs), ...watchlists });
  return {
    store,
    exclusions: {},
    what: logs,
    people: (sessions) => peopleOf(known, sessions),
    close: () => store.close(),
  };
}
