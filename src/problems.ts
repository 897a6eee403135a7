// The catalogue of what can go wrong at the edges, each with advice and whether trying again may help.
import { type Duration, formatDuration } from "./time.ts";

export interface ProblemText {
  readonly code: string;
  /** What was seen. */
  readonly message: string;
  /** What to do about it. */
  readonly advice: string;
  /** True where the same call may succeed later without anybody changing anything. */
  readonly retry: boolean;
  /** How long the service asked us to wait. */
  readonly after?: Duration;
}

/** Expected trouble. Adapters throw it with the original as `cause`; the story and the carrying out turn it into data. */
export class Problem extends Error {
  readonly code: string;
  readonly advice: string;
  readonly retry: boolean;
  readonly after: Duration | undefined;

  constructor(text: ProblemText, cause?: unknown) {
    super(text.message, cause === undefined ? undefined : { cause });
    this.name = "Problem";
    this.code = text.code;
    this.advice = text.advice;
    this.retry = text.retry;
    this.after = text.after;
  }
}

/** Several problems that are to be told together, such as every broken hunt file. */
export class Problems extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => `${problem.message}\n  ${problem.advice}`).join("\n"));
    this.name = "Problems";
    this.problems = problems;
  }
}

const final = (code: string, message: string, advice: string): ProblemText => ({ code, message, advice, retry: false });
const passing = (code: string, message: string, advice: string, after?: Duration): ProblemText => ({
  code,
  message,
  advice,
  retry: true,
  ...(after === undefined ? {} : { after }),
});

export const problemTexts = {
  missingColumn: (hunt: string, column: string, seen: readonly string[]) =>
    final(
      "MissingColumn",
      `Hunt "${hunt}" promises the column ${column}, which the query did not return.`,
      `It returned ${seen.join(", ") || "no columns"}. Correct the column name, or project the column in the query.`,
    ),
  unknownHunt: (name: string, known: readonly string[]) =>
    final("UnknownHunt", `There is no hunt called "${name}".`, `The hunts are: ${known.join(", ")}.`),
  huntFile: (file: string, line: number, field: string, seen: string, advice: string) =>
    final("HuntFile", `${file}:${line}: ${field}: ${seen}`, advice),
  noSuchFile: (path: string) =>
    final("NoSuchFile", `There is no file or folder ${path}.`, "Check the path; it is read from the project's folder."),
  noRules: (path: string) =>
    final(
      "NoRules",
      `The folder ${path} holds no rule file (.yaml, .yml).`,
      "Name a folder with rules, or a rule file.",
    ),
  foreignFolder: (folder: string) =>
    final(
      "ForeignFolder",
      `The folder ${folder} is not empty and was not made by this command.`,
      "Name an empty or a new folder with --out: what is in it would be overwritten.",
    ),
  missingTable: (table: string, where: string) =>
    final(
      "MissingTable",
      `The table ${table} is not in ${where}.`,
      `Send the table there (diagnostic setting or export), or leave out the hunts that read it.`,
    ),
  badQuery: (code: string, message: string, line: number, column: number) =>
    final(
      code,
      `${message} (line ${line}, column ${column})`,
      "Correct the query; `npm run hunts:check` says the same without running it.",
    ),
  azuriteDidNotStart: (said: string) =>
    final(
      "AzuriteDidNotStart",
      `Azurite's table service did not start. ${said}`,
      "Run `npm ci` with development dependencies, and leave its port free, or give the connection string of a running one.",
    ),

  recordTooLarge: (characters: number, bytes: number) =>
    final(
      "RecordTooLarge",
      `A record of the journal has ${characters} characters and takes ${bytes} bytes compressed; 1,048,576 are possible.`,
      "Keep the bulk elsewhere (run records lie in blobs) and its digest in the journal, or split the record.",
    ),
  commitTooLarge: (changes: number, bytes: number) =>
    final(
      "CommitTooLarge",
      `A commit of ${changes} changes to the journal takes ${bytes} bytes; 4,194,304 are possible.`,
      "Commit in parts that may each stand alone.",
    ),
  partialArrivals: (missing: string) =>
    passing(
      "PartialAnswer",
      `The question what has arrived was answered in part: ${missing}.`,
      "Nothing to do: it is asked again with the next run, from where the last whole answer ended.",
    ),
  overtaken: (hunt: string) =>
    passing(
      "Overtaken",
      `Another run of the hunt "${hunt}" wrote down the same while this one was looking.`,
      "Nothing to do: what either of them found is told once.",
    ),
  unreadableRecord: (partition: string) =>
    final(
      "UnreadableRecord",
      `A record in the partition "${partition}" of the journal is not one that this app wrote.`,
      "Something else writes to the table, or a newer version of the app did. Give the app a table of its own.",
    ),
  commitOutcomeUnknown: (changes: number, seen: string) =>
    passing(
      "CommitOutcomeUnknown",
      `Whether the commit of ${changes} changes to the journal was made is not known: ${seen}.`,
      "Read the records again before the next commit: changes based on a version are made once at most.",
    ),

  actionNotAllowed: (use: string) =>
    final(
      "ActionNotAllowed",
      `The app is not allowed to use Microsoft Graph for "${use}".`,
      "Name it in RESPONSE_ACTIONS and grant the permission that the documentation lists beside it.",
    ),
  notAnAccount: (seen: string) =>
    final(
      "NotAnAccount",
      `"${seen}" is not the object id of an account.`,
      "Sign-ins of names that do not exist carry no account id; there is nobody to ask about or to act on.",
    ),
  unknownAccount: () =>
    final(
      "UnknownAccount",
      "Microsoft Graph knows no account with that object id.",
      "It was deleted, perhaps a moment ago, or belongs to another tenant. Look it up in the Entra admin centre.",
    ),
  missingGraphPermission: (permission: string, appRole: string) =>
    final(
      "MissingGraphPermission",
      `Microsoft Graph refuses the app: its token does not carry the permission ${permission}.`,
      `Grant the app role ${permission} (${appRole}) of Microsoft Graph to the app's identity. The token of a managed identity is kept for up to 24 hours; restarting the app does not renew it.`,
    ),
  protectedAccount: (permission: string) =>
    final(
      "ProtectedAccount",
      `Microsoft Graph refuses this for the account although the app holds ${permission}: it is protected by a role.`,
      "Do it by hand: a Privileged Authentication Administrator or a Global Administrator can.",
    ),
  graphRefused: (permission: string, seen: string) =>
    final(
      "GraphRefused",
      `Microsoft Graph refuses the app: ${seen}.`,
      `Either the app's identity lacks the permission ${permission}, or the account is protected by a role and somebody with a higher one has to do it by hand.`,
    ),
  actionOutcomeUnknown: (seen: string) =>
    passing(
      "ActionOutcomeUnknown",
      `Whether Microsoft Graph did what it was asked is not known: ${seen}.`,
      "Read the account again. Doing it a second time does no harm.",
    ),

  // Nothing here may hold the webhook's URL, nor what the workflow answers in words: it repeats parts of the URL.
  cardTooLarge: (bytes: number, budget: number) =>
    final(
      "CardTooLarge",
      `The card takes ${bytes} bytes with its envelope; ${budget} are allowed.`,
      "Shorten the card; Teams loses what is larger than 21 to 28 KB without a word.",
    ),
  cardRefused: (seen: string) =>
    final(
      "CardRefused",
      `The Teams workflow does not take the card: ${seen}.`,
      'Check that the workflow starts with "When a Teams webhook request is received" and posts the card that it is sent.',
    ),
  webhookRefused: (seen: string) =>
    final(
      "WebhookRefused",
      `The Teams workflow refuses its own URL: ${seen}.`,
      "Copy the URL from the workflow's trigger again, whole and with its signature, and let anyone trigger it.",
    ),
  webhookGone: (seen: string) =>
    final(
      "WebhookGone",
      `The Teams workflow is not there: ${seen}.`,
      "It was deleted or switched off, or its owner left. Switch it on or make a new one, and put its URL into the settings.",
    ),
  webhookElsewhere: (seen: string) =>
    final(
      "WebhookElsewhere",
      `The Teams workflow answers with a redirect (${seen}), which is not followed.`,
      "Put the URL that the workflow's trigger shows today into the settings.",
    ),

  // What any service on the other side can answer. `service` is its name as a person knows it.
  noToken: (service: string, seen: string, retry: boolean): ProblemText => ({
    code: "NoToken",
    message: `There is no token for ${service}: ${seen}.`,
    advice:
      "In Azure: check that the app's managed identity exists and is assigned, and that AZURE_CLIENT_ID names it. On a laptop: sign in again (`az login`).",
    retry,
  }),
  tokenRefused: (service: string, seen: string) =>
    final(
      "TokenRefused",
      `${service} does not accept the token: ${seen}.`,
      "Check that the chosen cloud is the tenant's own and that the identity belongs to the same tenant.",
    ),
  noPermission: (service: string, seen: string, role: string, scope: string) =>
    final(
      "NoPermission",
      `${service} refuses the app: ${seen}.`,
      `Assign the role ${role} to the app's identity on ${scope}; a new assignment can take up to an hour to be known everywhere.`,
    ),
  throttled: (service: string, after: Duration | undefined) =>
    passing(
      "Throttled",
      `${service} asks for fewer requests${after === undefined ? "" : ` and for a wait of ${formatDuration(after)}`}.`,
      "Nothing to do if it passes; if it stays, run the hunts less often or find out what else uses the same identity.",
      after,
    ),
  serviceFailed: (service: string, seen: string, after?: Duration) =>
    passing(
      "ServiceFailed",
      `${service} failed: ${seen}.`,
      "Nothing to do if it passes; otherwise look at the service's health in the Azure portal.",
      after,
    ),
  unreachable: (service: string, host: string, seen: string, retry: boolean): ProblemText => ({
    code: "Unreachable",
    message: `${service} at ${host} cannot be reached: ${seen}.`,
    advice: "Check the host name in the settings, name resolution, and firewalls or private links on the way.",
    retry,
  }),
  tooSlow: (service: string, limit: Duration) =>
    passing(
      "TooSlow",
      `${service} gave no answer within ${formatDuration(limit)}.`,
      "Ask for a shorter period, or allow more time in the settings.",
    ),
  cancelled: (service: string) =>
    passing("Cancelled", `The call to ${service} was given up because the run was stopped.`, "Start the run again."),
  unreadableAnswer: (service: string, seen: string) =>
    final(
      "UnreadableAnswer",
      `${service} answered something that cannot be read: ${seen}.`,
      "Nothing was learnt from it. Check that nothing on the way, such as a proxy, answers in the service's place.",
    ),
  requestRefused: (service: string, seen: string) =>
    final(
      "RequestRefused",
      `${service} refused the request: ${seen}.`,
      "The service's own words above say what it objects to.",
    ),

  wrongWorkspace: (service: string, workspace: string, seen: string) =>
    final(
      "WrongWorkspace",
      `${service} does not know the workspace ${workspace}: ${seen}.`,
      "Correct the workspace in the settings: its id is the GUID on its overview page; its name, resource group and subscription stand beside it.",
    ),
  tableOnPlan: (seen: string) =>
    final(
      "TableOnPlan",
      `A table that the query reads is on a plan that cannot be queried: ${seen}`,
      "Put the table on the Analytics plan, or leave out the hunts that read it: on the Basic, Auxiliary and lake plans these queries do not run.",
    ),
  queryTimedOut: (limit: Duration) =>
    passing(
      "QueryTimedOut",
      `Log Analytics gave up on the query after its limit of ${formatDuration(limit)}.`,
      "Ask for a shorter period, or allow more time in the settings (the service allows ten minutes at most).",
    ),
  rejectedQuery: (code: string, message: string) =>
    final(code, message, "Correct the query; `npm run hunts:check` says the same without running it."),

  incidentConflict: (id: string, seen: string) =>
    passing(
      "IncidentConflict",
      `The incident ${id} was changed by somebody else each time that it was to be written: ${seen}.`,
      "Nothing to do: the next run brings it up to date.",
    ),
  missingIncident: (id: string) =>
    final("MissingIncident", `There is no incident ${id}.`, "It was deleted, or belongs to another workspace."),
  commentLimit: (id: string, count: number) =>
    final(
      "CommentLimit",
      `The incident ${id} has ${count} comments, and the service allows 100: the last ten are left to people.`,
      "Close the incident; what comes after is told in a new one.",
    ),
  unknownCloud: (name: string, known: readonly string[]) =>
    final("UnknownCloud", `There is no cloud called "${name}".`, `The clouds are: ${known.join(", ")}.`),
  cloudRefused: (name: string, because: string) =>
    final("CloudRefused", `The cloud "${name}" cannot be used: ${because}`, "Use a workspace in another cloud."),
};
