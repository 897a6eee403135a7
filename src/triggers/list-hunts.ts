// GET /api/hunts: the hunts, when each is due, when it last ran and what became of it.
import { gridOf, nextDue } from "../ledger/coverage.ts";
import { readLedger } from "../ledger/ledger.ts";
import { formatDuration, iso } from "../time.ts";
import { json } from "./answers.ts";
import { type App, isDisabled } from "./app.ts";
import type { HttpHandler } from "./trigger.ts";

async function describe(app: App): Promise<readonly object[]> {
  const { ports, settings } = app;
  return Promise.all(
    app.hunts.map(async (hunt) => {
      const { coverage } = await readLedger(hunt, ports.journal);
      const due = isDisabled(app, hunt)
        ? undefined
        : nextDue(coverage, gridOf(hunt), settings.timers.watch, ports.clock.now());
      return {
        name: hunt.slug,
        id: hunt.id,
        title: hunt.name,
        severity: hunt.severity,
        enabled: !isDisabled(app, hunt),
        acts: hunt.responder !== null,
        queryFrequency: formatDuration(hunt.queryFrequency),
        queryPeriod: formatDuration(hunt.queryPeriod),
        thresholds: hunt.responder?.thresholds ?? {},
        due: due === undefined ? null : iso(due),
        lastRun: coverage?.lastRun ? { ...coverage.lastRun, at: iso(coverage.lastRun.at) } : null,
        lastSuccess: coverage?.lastSuccess ? iso(coverage.lastSuccess) : null,
        settledTo: coverage ? iso(coverage.settledTo) : null,
        open: (coverage?.open ?? []).map(({ kind, from, to, doneTo, because }) => ({
          kind,
          from: iso(from),
          to: iso(to),
          doneTo: iso(doneTo),
          because,
        })),
      };
    }),
  );
}

export const listHunts: HttpHandler = async (_, app) => json({ hunts: await describe(app) });
