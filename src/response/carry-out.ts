// Actions -> outcomes. The only place that changes anything outside; one failure never hides the others.
import type { Cell, Ports } from "../ports.ts";
import { Problem } from "../problems.ts";
import { iso } from "../time.ts";
import type { Action, Outcome } from "./action.ts";

export type Mode = "act" | "rehearse";

export interface Done {
  readonly action: Action;
  readonly outcome: Outcome;
}

async function perform(action: Action, ports: Ports): Promise<string> {
  switch (action.kind) {
    case "openIncident": {
      const receipt = await ports.incidents.openOrUpdate(action.incident);
      return `${receipt.state}: ${receipt.url}`;
    }
    case "postCard":
      await ports.cards.post(action.id, action.card);
      return `posted: ${action.id}`;
    case "revokeSessions":
      await ports.sessions.revoke(action.account);
      return `sessions revoked: ${action.account}`;
  }
}

const wouldBe: Readonly<Record<Action["kind"], string>> = {
  openIncident: "would open or update the incident",
  postCard: "would post the card",
  revokeSessions: "would revoke the sessions",
};

function failureOf(error: unknown): Outcome {
  if (!(error instanceof Problem)) throw error;
  return { kind: "failed", code: error.code, detail: error.message, advice: error.advice, retry: error.retry };
}

const recordOf = (action: Action, state: string, at: string): Cell => ({
  kind: action.kind,
  campaign: action.campaign,
  state,
  at,
});

/** Order is kept. Intent is recorded before and the result after; a rehearsal writes nothing. A bug is thrown, a Problem is an outcome. */
export async function carryOut(actions: readonly Action[], mode: Mode, ports: Ports): Promise<readonly Done[]> {
  const done: Done[] = [];
  for (const [at, action] of actions.entries()) {
    if (mode === "rehearse") {
      done.push({ action, outcome: { kind: "rehearsed", detail: wouldBe[action.kind] } });
      continue;
    }
    const partition = `campaign ${action.campaign}`;
    const id = `action ${String(at).padStart(4, "0")} ${action.kind}`;
    const record = async (state: string): Promise<void> => {
      const value = recordOf(action, state, iso(ports.clock.now()));
      await ports.journal.commit(partition, [{ kind: "put", id, value, basedOn: "any" }]);
    };
    let outcome: Outcome;
    try {
      await record("intended");
      outcome = { kind: "done", detail: await perform(action, ports) };
    } catch (error) {
      outcome = failureOf(error);
    }
    await record(outcome.kind);
    done.push({ action, outcome });
  }
  return done;
}
