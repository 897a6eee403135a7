// The app's settings as the rules of acting on accounts, and what acting needs around it.
import type { Approving } from "../approve.ts";
import type { Campaign } from "../findings/campaign.ts";
import type { Approval } from "../ledger/response-records.ts";
import { respond } from "../respond.ts";
import type { OrderChannels } from "../response/carry-out-orders.ts";
import { noResponse, type ResponseRules } from "../response/rules.ts";
import { alignDown, earlier, hours, type Instant, instant, later } from "../time.ts";
import { type App, channelsOf, exclusionsOf, judgingOf } from "./app.ts";

export function responseRulesOf(app: App): ResponseRules {
  if (app.neverActs) return noResponse;
  const { response, approval, evidence } = app.settings;
  const canAsk = approval.allowed && approval.appUrl !== null && channelsOf(app).cards;
  return {
    modes: response.modes,
    measures: response.actions,
    budget: { perRun: response.perRun, perHour: response.perHour, perDay: response.perDay },
    protectedAccounts: response.protectedAccounts,
    protectedGroups: response.protectedGroups,
    breakGlass: response.breakGlass,
    stopped: response.stopped,
    approvals: canAsk && approval.appUrl !== null ? { appUrl: approval.appUrl, expiry: approval.expiry } : null,
    afterCare: evidence.afterCare,
  };
}

export function orderChannelsOf(app: App): OrderChannels {
  const { incidents, cards } = channelsOf(app);
  return {
    incidents,
    cards,
    context: (stopped) => ({ hunts: app.hunts, setAside: [], links: app.links, rehearsal: false, stopped }),
  };
}

export const approvingOf = (app: App, deadline?: Instant): Approving => ({
  rules: responseRulesOf(app),
  ports: app.ports,
  channels: orderChannelsOf(app),
  askAgain: (approval) => askAgain(approval, app, deadline),
});

/** Evidence goes on after a campaign's last attempt. */
const LOOK_ON = hours(24);

/** The same story once more, as a rehearsal: what would it tell of this campaign now? */
export async function askAgain(
  approval: Pick<Approval, "campaign" | "hunts">,
  app: App,
  deadline?: Instant,
): Promise<Campaign | null> {
  const now = app.ports.clock.now();
  const { first, last } = approval.campaign;
  const window = {
    from: alignDown(earlier(first, hours(1)), hours(1)),
    to: instant(Math.min(now, later(last, LOOK_ON))),
  };
  const runs = await respond(
    {
      hunts: app.hunts
        .filter(({ slug }) => approval.hunts.includes(slug))
        .map((hunt) => ({ hunt, window, exclusions: exclusionsOf(app, hunt), overrides: {} })),
      mode: "rehearse",
      about: approval.campaign.id,
      readsOn: true,
      size: app.settings.hunts.tenantSize,
      channels: channelsOf(app),
      questions: app.questions,
      links: app.links,
      ...judgingOf(app),
      ...(deadline === undefined ? {} : { deadline }),
    },
    app.ports,
  );
  for (const run of runs) if (run.kind === "failed") throw run.problem;
  const campaigns = runs.flatMap((run) => (run.kind === "looked" ? run.told.map(({ plan }) => plan.campaign) : []));
  const keys = new Set(approval.campaign.findings.map(({ key }) => key));
  return (
    campaigns.find(({ id }) => id === approval.campaign.id) ??
    campaigns.find(({ findings }) => findings.some(({ key }) => keys.has(key))) ??
    null
  );
}
