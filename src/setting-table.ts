// Every setting there is, as data: the reader, the documentation's table and the tests of the deployment are made from it.
import {
  choice,
  choicePerName,
  cloud,
  guid,
  huntName,
  type Kind,
  length,
  list,
  matching,
  onOff,
  origin,
  schedule,
  serviceUri,
  webhook,
  whole,
} from "./setting-kinds.ts";
import { days, hours, MINUTE, minutes, SECOND, seconds } from "./time.ts";

export interface Setting<T> {
  /** The name of the environment variable, which is the app setting's. */
  readonly name: string;
  readonly purpose: string;
  readonly kind: Kind<T>;
  /** As it would be written; null where there is none. */
  readonly preset: string | null;
  /** Without a value and a preset the app does not start. */
  readonly required: boolean;
  /** Its value is never shown. */
  readonly secret: boolean;
}

export interface Group<S extends Readonly<Record<string, Setting<unknown>>>> {
  /** What the settings of this group are for. */
  readonly title: string;
  readonly settings: S;
}

const setting = <T>(kind: Kind<T>, name: string, preset: string, purpose: string): Setting<T> => ({
  name,
  purpose,
  kind,
  preset,
  required: false,
  secret: false,
});
const required = <T>(kind: Kind<T>, name: string, purpose: string): Setting<T> => ({
  ...setting(kind, name, "", purpose),
  preset: null,
  required: true,
});
const optional = <T>(kind: Kind<T>, name: string, purpose: string): Setting<T | null> => ({
  ...setting<T | null>(kind, name, "", purpose),
  preset: null,
});
const optionalSecret = <T>(kind: Kind<T>, name: string, purpose: string): Setting<T | null> => ({
  ...optional(kind, name, purpose),
  secret: true,
});

const group = <S extends Readonly<Record<string, Setting<unknown>>>>(title: string, settings: S): Group<S> => ({
  title,
  settings,
});
const mode = ["off", "propose", "automatic"] as const;
const KILOBYTE = 1024;

export const settingTable = {
  cloud: group("Cloud", {
    hosts: setting(
      cloud,
      "CLOUD",
      "public",
      "The cloud that tenant and workspace live in. Azure China is refused: Microsoft Sentinel was retired there.",
    ),
    logAnalytics: optional(
      origin,
      "LOG_ANALYTICS_ENDPOINT",
      "Where Log Analytics is asked, if not at the cloud's own host.",
    ),
    resourceManager: optional(
      origin,
      "RESOURCE_MANAGER_ENDPOINT",
      "Where Azure Resource Manager, and with it Sentinel, is reached, if not at the cloud's own host.",
    ),
    graph: optional(
      origin,
      "GRAPH_ENDPOINT",
      "Where Microsoft Graph is reached, if not at the cloud's own host (dod-graph.microsoft.us for DoD).",
    ),
    login: optional(origin, "LOGIN_ENDPOINT", "Where tokens are asked for, if not at the cloud's own host."),
    portal: optional(
      origin,
      "PORTAL_ENDPOINT",
      "Where the links in cards open incidents and queries, if not at the cloud's own portal.",
    ),
  }),
  identity: group("Identity", {
    clientId: optional(
      guid,
      "AZURE_CLIENT_ID",
      "The client id of the app's managed identity. Without it the developer's own sign-in is used.",
    ),
    tenantId: optional(
      guid,
      "TENANT_ID",
      "The tenant, so that links open the portal there for people who work in several.",
    ),
  }),
  workspace: group("Workspace", {
    id: required(guid, "WORKSPACE_ID", "The workspace that holds the sign-in logs, by its id for queries."),
    subscriptionId: required(guid, "WORKSPACE_SUBSCRIPTION_ID", "The subscription of the workspace."),
    resourceGroup: required(
      matching("the name of a resource group", /^[\p{L}\p{N}_().-]{1,89}[\p{L}\p{N}_()-]$|^[\p{L}\p{N}_()-]$/u),
      "WORKSPACE_RESOURCE_GROUP",
      "The resource group of the workspace.",
    ),
    name: required(
      matching("the name of a workspace", /^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$/),
      "WORKSPACE_NAME",
      "The name of the workspace.",
    ),
  }),
  incidents: group("Incidents", {
    open: setting(onOff, "INCIDENTS", "on", "Whether campaigns become incidents in Microsoft Sentinel."),
    apiVersion: setting(
      matching("an API version such as 2025-09-01", /^20\d\d-\d\d-\d\d(?:-preview)?$/),
      "SENTINEL_API_VERSION",
      "2025-09-01",
      "The version of Sentinel's API that is spoken.",
    ),
  }),
  cards: group("Cards in Teams", {
    webhookUrl: optionalSecret(
      webhook,
      "TEAMS_WEBHOOK_URL",
      "The URL of the Teams workflow that posts cards; whoever knows it can post. Without it no cards are posted.",
    ),
    webhookHosts: setting(
      list(matching("a host name or the end of one", /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/)),
      "TEAMS_WEBHOOK_HOSTS",
      "environment.api.powerplatform.com,logic.azure.com",
      "Hosts that a card may be sent to: each name and everything below it.",
    ),
    budgetBytes: setting(
      whole(4 * KILOBYTE, 27 * KILOBYTE, "bytes"),
      "CARD_BUDGET_BYTES",
      "20480",
      "The size that a card is shortened to; Teams loses cards above 21 to 28 KB.",
    ),
  }),
  cardLimits: group("Limits on cards", {
    perHour: setting(
      whole(1, 60),
      "CARDS_PER_HOUR",
      "5",
      "Cards in an hour, of all hunts together, before the rest is gathered into one.",
    ),
    perDay: setting(
      whole(1, 500),
      "CARDS_PER_DAY",
      "20",
      "Cards in a day, of all hunts together, before the rest is gathered into one.",
    ),
  }),
  timers: group("Timers", {
    watch: setting(schedule, "WATCH_SCHEDULE", "0 */10 * * * *", "When to look for hunts that are due, in UTC."),
    tend: setting(
      schedule,
      "TEND_SCHEDULE",
      "30 5/10 * * * *",
      "When to do what was promised for later, such as deliveries that failed, in UTC.",
    ),
    runDeadline: setting(
      length(MINUTE, seconds(530)),
      "RUN_DEADLINE",
      "8m",
      "How long a run of a timer may take. Below functionTimeout in host.json, which kills the process.",
    ),
    onDemandDeadline: setting(
      length(seconds(10), seconds(225)),
      "ON_DEMAND_DEADLINE",
      "210s",
      "How long a run over HTTP may take; the platform cuts the connection at 230 s.",
    ),
  }),
  hunts: group("Hunts", {
    disabled: setting(list(huntName), "DISABLED_HUNTS", "", "Hunts that are never due."),
    tenantSize: setting(
      choice("auto", "small", "large"),
      "TENANT_SIZE",
      "auto",
      "Which thresholds count. Large is 2,000 accounts or more with a success in 14 days; auto counts them.",
    ),
    exclusionsFile: optional(
      matching("the path of a .yaml file", /^[^\0]+\.ya?ml$/i),
      "EXCLUSIONS_FILE",
      "A file of exclusions for all hunts, relative to the app's folder.",
    ),
  }),
  query: group("Queries", {
    serverTimeout: setting(
      length(seconds(10), minutes(10)),
      "QUERY_SERVER_TIMEOUT",
      "3m",
      "How long Log Analytics works on one query before it gives up.",
    ),
    deadline: setting(
      length(seconds(10), minutes(11)),
      "QUERY_DEADLINE",
      "4m",
      "How long one query may take altogether, waiting and retries included. Longer than QUERY_SERVER_TIMEOUT.",
    ),
    concurrency: setting(
      whole(1, 5, "queries"),
      "QUERY_CONCURRENCY",
      "3",
      "Queries at once; the service takes five from one identity.",
    ),
  }),
  retry: group("Retries", {
    tries: setting(whole(1, 10, "tries"), "RETRY_TRIES", "4", "How often a call is made at most, the first included."),
    firstWait: setting(
      length(seconds(0.1), MINUTE),
      "RETRY_FIRST_WAIT",
      "1s",
      "The wait before the second try where the service names none; it doubles with each further one.",
    ),
    longestWait: setting(
      length(SECOND, minutes(5)),
      "RETRY_LONGEST_WAIT",
      "60s",
      "The longest wait between tries. Where the service asks for more, the call is left to a later run.",
    ),
  }),
  state: group("State", {
    tableUri: required(serviceUri, "STATE_TABLE_URI", "The table service that keeps what was evaluated and told."),
    tableName: setting(
      matching("the name of a table: 3 to 63 letters and digits, a letter first", /^[A-Za-z][A-Za-z0-9]{2,62}$/),
      "STATE_TABLE_NAME",
      "responderstate",
      "The table in it.",
    ),
  }),
  telemetry: group("Telemetry", {
    connectionString: optionalSecret(
      matching("the connection string of Application Insights", /^InstrumentationKey=[0-9a-f-]{36}(?:;|$)/i),
      "APPLICATIONINSIGHTS_CONNECTION_STRING",
      "Where events about runs go. Without it there are none, and the alarms see nothing.",
    ),
  }),
  coverage: group("Coverage", {
    firstLookBack: setting(
      length(hours(1), days(90)),
      "FIRST_LOOK_BACK",
      "14d",
      "How far the first scheduled run looks back, as a rehearsal.",
    ),
    settle: setting(
      length(MINUTE, hours(24)),
      "SETTLE",
      "30m",
      "How long after its end a window is asked again for rows that arrived late; what comes later is looked for by itself.",
    ),
    silence: setting(
      length(minutes(10), days(7)),
      "SILENCE",
      "60m",
      "How long a table that had rows the day before may stay without one before that is a finding.",
    ),
    backfillStep: setting(length(minutes(10), days(1)), "BACKFILL_STEP", "6h", "How much of a gap is asked at a time."),
    backfillStepsPerRun: setting(
      whole(1, 50, "steps"),
      "BACKFILL_STEPS_PER_RUN",
      "4",
      "Steps of a gap in one run, after the live window.",
    ),
    backfillLimit: setting(
      length(hours(1), days(90)),
      "BACKFILL_LIMIT",
      "14d",
      "How old a gap may be and still be filled.",
    ),
  }),
  records: group("Run records", {
    blobUri: optional(
      serviceUri,
      "RECORDS_BLOB_URI",
      "The blob service that keeps a record of each run, for replay. Without it none are kept.",
    ),
    container: setting(
      matching(
        "the name of a container: 3 to 63 lower-case letters, digits and single dashes",
        /^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/,
      ),
      "RECORDS_CONTAINER",
      "run-records",
      "The container in it.",
    ),
    retention: setting(
      length(days(1), days(730)),
      "RECORDS_RETENTION",
      "30d",
      "How long records are kept; they hold personal data and are then erased.",
    ),
    sizeBytes: setting(
      whole(KILOBYTE, 100 * KILOBYTE * KILOBYTE, "bytes"),
      "RECORD_SIZE_BYTES",
      "10485760",
      "The compressed size above which a record keeps digests in place of rows.",
    ),
  }),
  evidence: group("Evidence", {
    gradingFile: optional(
      matching("the path of a .yaml file", /^[^\0]+\.ya?ml$/i),
      "GRADING_FILE",
      "A file of the team's own lines for the table that says what a result code proves, relative to the app's folder.",
    ),
    openFor: setting(
      length(hours(1), days(14)),
      "EVIDENCE_OPEN_FOR",
      "72h",
      "How long after its last attempt a campaign's evidence is asked for in every run.",
    ),
    dailyUntil: setting(
      length(days(1), days(90)),
      "EVIDENCE_DAILY_UNTIL",
      "14d",
      "How long after that attempt it is asked for once a day. Longer than EVIDENCE_OPEN_FOR.",
    ),
    afterCare: setting(
      length(hours(1), days(14)),
      "AFTER_CARE",
      "24h",
      "How long an account is watched after something was done to it.",
    ),
  }),
  response: group("Response", {
    modes: setting(
      choicePerName(...mode),
      "RESPONSE_MODES",
      "",
      "What each hunt may lead to, as hunt=mode. Hunts that are not named are off: they report and never act.",
    ),
    actions: setting(
      list(choice("revokeSessions", "disableAccount")),
      "RESPONSE_ACTIONS",
      "",
      "The actions on accounts that are allowed at all. Each needs a permission in Microsoft Graph.",
    ),
    perRun: setting(whole(0, 100, "accounts"), "RESPONSE_PER_RUN", "3", "Accounts acted on automatically in one run."),
    perHour: setting(whole(0, 500, "accounts"), "RESPONSE_PER_HOUR", "5", "The same in an hour."),
    perDay: setting(
      whole(0, 1000, "accounts"),
      "RESPONSE_PER_DAY",
      "10",
      "The same in a day. Over any of the three nobody is touched and a person is asked.",
    ),
    stopped: setting(
      onOff,
      "RESPONSE_STOPPED",
      "off",
      "The stop switch: while it is on nothing is written to Microsoft Graph.",
    ),
    protectedAccounts: setting(
      list(matching("an object id or a user principal name", /^[^\s,@]+(?:@[^\s,@]+)?$/)),
      "PROTECTED_ACCOUNTS",
      "",
      "Accounts that are never acted on, by object id or user principal name.",
    ),
    protectedGroups: setting(
      list(guid),
      "PROTECTED_GROUPS",
      "",
      "Groups whose members, direct or through other groups, are never acted on.",
    ),
    breakGlass: setting(
      list(guid),
      "BREAK_GLASS_ACCOUNTS",
      "",
      "The object ids of the emergency accounts; never acted on, and told about first.",
    ),
  }),
  approval: group("Approval", {
    allowed: setting(
      onOff,
      "APPROVALS",
      "off",
      "Whether cards carry a link on which a person approves what is proposed.",
    ),
    approvers: setting(list(guid), "APPROVERS", "", "The object ids of the people who may approve."),
    expiry: setting(length(minutes(15), hours(24)), "APPROVAL_EXPIRY", "4h", "How long a link can be used."),
    trustPrincipalHeader: setting(
      onOff,
      "TRUST_PRINCIPAL_HEADER",
      "off",
      "Whether Entra sign-in stands in front of the app. The deployment sets it where it does; by hand it lets anybody approve.",
    ),
    appUrl: optional(origin, "APP_URL", "The app's own address, for the links to approve. Needed for approvals."),
  }),
} as const satisfies Record<string, Group<Readonly<Record<string, Setting<unknown>>>>>;

export type SettingTable = typeof settingTable;

/** The same, as a plain list of groups. */
export const settingGroups: readonly Group<Readonly<Record<string, Setting<unknown>>>>[] = Object.values(settingTable);
