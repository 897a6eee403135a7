// An app whose process can be stopped after any single effect: what was done stays done, and nothing more is.
import type { Incident, Ports } from "../../src/ports.ts";
import type { TestApp } from "../test-app.ts";

class Killed extends Error {}

export interface Life {
  /** The app as this process sees it. */
  readonly app: TestApp;
  /** Effects so far: commits, writes of incidents, comments, cards, what is done to accounts. */
  readonly effects: () => number;
  readonly dead: () => boolean;
}

/** A process on the app's world that dies after its `last`th effect. */
export function aLife(app: TestApp, last: number): Life {
  let effects = 0;
  const dead = (): boolean => effects >= last;
  const guarded =
    <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>, effect: boolean) =>
    async (...args: A): Promise<R> => {
      if (dead()) throw new Killed();
      const result = await call(...args);
      if (effect) effects += 1;
      // The process is gone before it learns what became of it.
      if (dead()) throw new Killed();
      return result;
    };
  const { journal, incidents, cards, sessions, logs } = app.ports;
  const ports: Ports = {
    ...app.ports,
    logs: { query: guarded(logs.query, false) },
    journal: {
      read: guarded(journal.read, false),
      list: guarded(journal.list, false),
      commit: guarded(journal.commit, true),
    },
    incidents: { openOrUpdate: guarded(incidents.openOrUpdate, true), comment: guarded(incidents.comment, true) },
    cards: { post: guarded(cards.post, true) },
    sessions: { revoke: guarded(sessions.revoke, true), disable: guarded(sessions.disable, true) },
  };
  return { app: { ...app, ports }, effects: () => effects, dead };
}

/** The end of a story, as those who are told see it. */
export interface Ending {
  readonly incidents: readonly (readonly [string, string])[];
  readonly cards: readonly string[];
  readonly doubled: number;
}

export function endingOf(app: TestApp): Ending {
  const ids = app.said.cards.map(({ id }) => id);
  return {
    incidents: [...app.queue].map(([id, { title }]: [string, Incident]) => [id, title] as const).toSorted(),
    cards: [...new Set(ids)].toSorted(),
    doubled: ids.length - new Set(ids).size,
  };
}
