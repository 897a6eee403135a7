metadata description = 'Made from src/setting-table.ts by node scripts/settings-page.ts: the settings of the app and their presets.'

@export()
@description('Every setting that has a value without anybody choosing one, and the others empty, which counts as not set.')
var presets = {
  CLOUD: 'public'
  LOG_ANALYTICS_ENDPOINT: ''
  RESOURCE_MANAGER_ENDPOINT: ''
  GRAPH_ENDPOINT: ''
  LOGIN_ENDPOINT: ''
  PORTAL_ENDPOINT: ''
  AZURE_CLIENT_ID: ''
  TENANT_ID: ''
  WORKSPACE_ID: ''
  WORKSPACE_SUBSCRIPTION_ID: ''
  WORKSPACE_RESOURCE_GROUP: ''
  WORKSPACE_NAME: ''
  INCIDENTS: 'on'
  SENTINEL_API_VERSION: '2025-09-01'
  TEAMS_WEBHOOK_URL: ''
  TEAMS_WEBHOOK_HOSTS: 'environment.api.powerplatform.com,logic.azure.com'
  CARD_BUDGET_BYTES: '20480'
  CARDS_PER_HOUR: '5'
  CARDS_PER_DAY: '20'
  WATCH_SCHEDULE: '0 */10 * * * *'
  TEND_SCHEDULE: '30 5/10 * * * *'
  RUN_DEADLINE: '8m'
  ON_DEMAND_DEADLINE: '210s'
  DISABLED_HUNTS: ''
  TENANT_SIZE: 'auto'
  EXCLUSIONS_FILE: ''
  QUERY_SERVER_TIMEOUT: '3m'
  QUERY_DEADLINE: '4m'
  QUERY_CONCURRENCY: '3'
  RETRY_TRIES: '4'
  RETRY_FIRST_WAIT: '1s'
  RETRY_LONGEST_WAIT: '60s'
  STATE_TABLE_URI: ''
  STATE_TABLE_NAME: 'responderstate'
  APPLICATIONINSIGHTS_CONNECTION_STRING: ''
  FIRST_LOOK_BACK: '14d'
  SETTLE: '30m'
  SILENCE: '60m'
  BACKFILL_STEP: '6h'
  BACKFILL_STEPS_PER_RUN: '4'
  BACKFILL_LIMIT: '14d'
  RECORDS_BLOB_URI: ''
  RECORDS_CONTAINER: 'run-records'
  RECORDS_RETENTION: '30d'
  RECORD_SIZE_BYTES: '10485760'
  GRADING_FILE: ''
  EVIDENCE_OPEN_FOR: '72h'
  EVIDENCE_DAILY_UNTIL: '14d'
  AFTER_CARE: '24h'
  RESPONSE_MODES: ''
  RESPONSE_ACTIONS: ''
  RESPONSE_PER_RUN: '3'
  RESPONSE_PER_HOUR: '5'
  RESPONSE_PER_DAY: '10'
  RESPONSE_STOPPED: 'off'
  PROTECTED_ACCOUNTS: ''
  PROTECTED_GROUPS: ''
  BREAK_GLASS_ACCOUNTS: ''
  APPROVALS: 'off'
  APPROVERS: ''
  APPROVAL_EXPIRY: '4h'
  TRUST_PRINCIPAL_HEADER: 'off'
  APP_URL: ''
}

@export()
@sealed()
@description('Settings to set besides the parameters that have names of their own.')
type tuning = {
  @description('Where Log Analytics is asked, if not at the cloud\'s own host. Write an https address without a path.')
  LOG_ANALYTICS_ENDPOINT: string?

  @description('Where Azure Resource Manager, and with it Sentinel, is reached, if not at the cloud\'s own host. Write an https address without a path.')
  RESOURCE_MANAGER_ENDPOINT: string?

  @description('Where Microsoft Graph is reached, if not at the cloud\'s own host (dod-graph.microsoft.us for DoD). Write an https address without a path.')
  GRAPH_ENDPOINT: string?

  @description('Where tokens are asked for, if not at the cloud\'s own host. Write an https address without a path.')
  LOGIN_ENDPOINT: string?

  @description('Where the links in cards open incidents and queries, if not at the cloud\'s own portal. Write an https address without a path.')
  PORTAL_ENDPOINT: string?

  @description('The version of Sentinel\'s API that is spoken. Write an API version such as 2025-09-01.')
  SENTINEL_API_VERSION: string?

  @description('Hosts that a card may be sent to: each name and everything below it. Write a list with commas, each a host name or the end of one.')
  TEAMS_WEBHOOK_HOSTS: string?

  @description('The size that a card is shortened to; Teams loses cards above 21 to 28 KB. Write a whole number of bytes from 4096 to 27648.')
  CARD_BUDGET_BYTES: string?

  @description('Cards in an hour, of all hunts together, before the rest is gathered into one. Write a whole number from 1 to 60.')
  CARDS_PER_HOUR: string?

  @description('Cards in a day, of all hunts together, before the rest is gathered into one. Write a whole number from 1 to 500.')
  CARDS_PER_DAY: string?

  @description('How long a run of a timer may take. Below functionTimeout in host.json, which kills the process. Write a duration from 1m to 530s, such as 90s, 10m, 4h or 14d.')
  RUN_DEADLINE: string?

  @description('How long a run over HTTP may take; the platform cuts the connection at 230 s. Write a duration from 10s to 225s, such as 90s, 10m, 4h or 14d.')
  ON_DEMAND_DEADLINE: string?

  @description('A file of exclusions for all hunts, relative to the app\'s folder. Write the path of a .yaml file.')
  EXCLUSIONS_FILE: string?

  @description('How long Log Analytics works on one query before it gives up. Write a duration from 10s to 10m, such as 90s, 10m, 4h or 14d.')
  QUERY_SERVER_TIMEOUT: string?

  @description('How long one query may take altogether, waiting and retries included. Longer than QUERY_SERVER_TIMEOUT. Write a duration from 10s to 11m, such as 90s, 10m, 4h or 14d.')
  QUERY_DEADLINE: string?

  @description('Queries at once; the service takes five from one identity. Write a whole number of queries from 1 to 5.')
  QUERY_CONCURRENCY: string?

  @description('How often a call is made at most, the first included. Write a whole number of tries from 1 to 10.')
  RETRY_TRIES: string?

  @description('The wait before the second try where the service names none; it doubles with each further one. Write a duration from 100ms to 1m, such as 90s, 10m, 4h or 14d.')
  RETRY_FIRST_WAIT: string?

  @description('The longest wait between tries. Where the service asks for more, the call is left to a later run. Write a duration from 1s to 5m, such as 90s, 10m, 4h or 14d.')
  RETRY_LONGEST_WAIT: string?

  @description('How far the first scheduled run looks back, as a rehearsal. Write a duration from 1h to 90d, such as 90s, 10m, 4h or 14d.')
  FIRST_LOOK_BACK: string?

  @description('How long after its end a window is asked again for rows that arrived late; what comes later is looked for by itself. Write a duration from 1m to 1d, such as 90s, 10m, 4h or 14d.')
  SETTLE: string?

  @description('How long a table that had rows the day before may stay without one before that is a finding. Write a duration from 10m to 7d, such as 90s, 10m, 4h or 14d.')
  SILENCE: string?

  @description('How much of a gap is asked at a time. Write a duration from 10m to 1d, such as 90s, 10m, 4h or 14d.')
  BACKFILL_STEP: string?

  @description('Steps of a gap in one run, after the live window. Write a whole number of steps from 1 to 50.')
  BACKFILL_STEPS_PER_RUN: string?

  @description('How old a gap may be and still be filled. Write a duration from 1h to 90d, such as 90s, 10m, 4h or 14d.')
  BACKFILL_LIMIT: string?

  @description('How long records are kept; they hold personal data and are then erased. Write a duration from 1d to 730d, such as 90s, 10m, 4h or 14d.')
  RECORDS_RETENTION: string?

  @description('The compressed size above which a record keeps digests in place of rows. Write a whole number of bytes from 1024 to 104857600.')
  RECORD_SIZE_BYTES: string?

  @description('A file of the team\'s own lines for the table that says what a result code proves, relative to the app\'s folder. Write the path of a .yaml file.')
  GRADING_FILE: string?

  @description('How long after its last attempt a campaign\'s evidence is asked for in every run. Write a duration from 1h to 14d, such as 90s, 10m, 4h or 14d.')
  EVIDENCE_OPEN_FOR: string?

  @description('How long after that attempt it is asked for once a day. Longer than EVIDENCE_OPEN_FOR. Write a duration from 1d to 90d, such as 90s, 10m, 4h or 14d.')
  EVIDENCE_DAILY_UNTIL: string?

  @description('How long an account is watched after something was done to it. Write a duration from 1h to 14d, such as 90s, 10m, 4h or 14d.')
  AFTER_CARE: string?

  @description('Accounts acted on automatically in one run. Write a whole number of accounts from 0 to 100.')
  RESPONSE_PER_RUN: string?

  @description('The same in an hour. Write a whole number of accounts from 0 to 500.')
  RESPONSE_PER_HOUR: string?

  @description('The same in a day. Over any of the three nobody is touched and a person is asked. Write a whole number of accounts from 0 to 1000.')
  RESPONSE_PER_DAY: string?

  @description('The stop switch: while it is on nothing is written to Microsoft Graph. Write on or off.')
  RESPONSE_STOPPED: string?

  @description('How long a link can be used. Write a duration from 15m to 1d, such as 90s, 10m, 4h or 14d.')
  APPROVAL_EXPIRY: string?
}
