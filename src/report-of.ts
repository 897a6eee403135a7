// A run -> the report that the outside reads.
import type { ProvenAccount } from "./findings/campaign.ts";
import type { Finding } from "./findings/finding.ts";
import type { CampaignReport, Report, Reports } from "./report.ts";
import type { HuntRun, Told } from "./respond.ts";
import { huntsOf } from "./response/campaign-facts.ts";
import { incidentRequest } from "./response/incident-request.ts";
import { iso, type TimeWindow } from "./time.ts";

const windowOf = ({ from, to }: TimeWindow): Report["window"] => ({ from: iso(from), to: iso(to) });
const plain = (value: unknown): Record<string, never> => JSON.parse(JSON.stringify(value));

const findingOf = ({
  key,
  group,
  window,
  measured,
  accounts,
  addresses,
  cut,
}: Finding): Report["findings"][number] => ({
  key,
  group: { ...group },
  window: windowOf(window),
  measured: measured.map((measure) => ({ ...measure })),
  accounts: [...accounts],
  addresses: [...addresses],
  cut: [...cut],
});

const provenOf = (account: ProvenAccount): CampaignReport["accounts"]["known"][number] => ({
  ...account,
  rows: account.rows.map((row) => ({ ...row })),
});

function campaignOf({ plan: { campaign, heldBack, messages }, done }: Told): CampaignReport {
  const { level, severity, because } = campaign.assessment;
  return {
    id: campaign.id,
    shortName: campaign.shortName,
    findings: campaign.findings.map((finding) => finding.key),
    state: campaign.state,
    joinedBy: [...campaign.joinedBy],
    hunts: huntsOf(campaign).map(({ slug }) => slug),
    accounts: {
      ...campaign.accounts,
      known: campaign.accounts.known.map(provenOf),
      entered: campaign.accounts.entered.map(provenOf),
    },
    sources: campaign.sources.map((source) => ({ ...source })),
    tasks: campaign.tasks.map((task) => ({ ...task })),
    notes: (campaign.notes ?? []).map((note) => ({ ...note })),
    assessment: { level, severity, because },
    actions: done.map(({ action, outcome }) => ({
      kind: action.kind,
      reason: action.reason,
      outcome: outcome.kind,
      detail: outcome.kind === "failed" ? `${outcome.detail} ${outcome.advice}` : outcome.detail,
    })),
    heldBack: heldBack.map((held) => ({ ...held })),
    incident: plain({ properties: incidentRequest(messages.incident) }),
    card: plain(messages.card),
  };
}

function reportOf(run: HuntRun): Report {
  const { hunt, window } = run.order;
  const head = { hunt: { id: hunt.id, name: hunt.name, slug: hunt.slug }, window: windowOf(window) };
  if (run.kind === "failed") {
    const { code, message, advice, retry } = run.problem;
    return {
      ...head,
      whole: false,
      problem: { code, message, advice, retry },
      rows: [],
      findings: [],
      setAside: [],
      campaigns: [],
      warnings: [],
    };
  }
  return {
    ...head,
    whole: run.look.whole,
    rows: run.look.rows.map((row) => ({ ...row })),
    findings: run.look.findings.map(findingOf),
    setAside: run.look.setAside.map((each) => ({ ...each })),
    campaigns: run.told.map(campaignOf),
    warnings: [...run.look.warnings],
  };
}

export const reportsOf = (runs: readonly HuntRun[]): Reports => ({ reports: runs.map(reportOf) });
