// What Entra's result codes, authentication methods and clients say about a password. A team may adjust it; where Microsoft
// changes a code, this is the one place to change.
import * as z from "zod";

/** What a code says as such, before the rest of the sign-in is looked at. */
const VERDICTS = ["right", "likely", "wrong", "noUser", "ambiguous", "token", "other"] as const;

export const codeSchema = z.strictObject({
  verdict: z.enum(VERDICTS),
  meaning: z.string().min(1),
  source: z.string().min(1),
});
export type CodeLine = z.infer<typeof codeSchema>;

export const wordsSchema = z.strictObject({ words: z.string().min(1), source: z.string().min(1) });
export type WordsLine = z.infer<typeof wordsSchema>;

export const gradingTableSchema = z.strictObject({
  codes: z.record(z.string().regex(/^\d+$/), codeSchema),
  /** Whole authenticationMethod, in any case: a password was typed or sent. */
  passwordMethods: z.array(wordsSchema),
  /** Part of authenticationStepResultDetail: the password was right, whatever `succeeded` says. */
  correctPassword: z.array(wordsSchema),
  /** Beginning of ClientAppUsed: it can present nothing but name and password. */
  basicClients: z.array(wordsSchema),
  /** The same, unless a token came in. */
  basicClientsWithoutToken: z.array(wordsSchema),
  /** Part of the text beside 50053. */
  lockedOut: z.array(wordsSchema),
  blockedAddress: z.array(wordsSchema),
});

type Lines = z.infer<typeof gradingTableSchema>;

export interface GradingTable extends Lines {
  /** What a team changed, in words; absent for ours. */
  readonly adjusted?: readonly string[];
}

/** Microsoft's reference; it warns that codes and texts may change. */
const ENTRA = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes";
/** Which codes tell its author that a password works. */
const MSOLSPRAY = "https://github.com/dafthack/MSOLSpray";
const TEAMFILTRATION = "https://github.com/Flangvik/TeamFiltration";
const SMART_LOCKOUT = "https://learn.microsoft.com/entra/identity/authentication/howto-password-smart-lockout";
const SIGN_IN_SCHEMA = "https://learn.microsoft.com/azure/azure-monitor/reference/tables/signinlogs";
const ACTIVITY_DETAILS =
  "https://learn.microsoft.com/entra/identity/monitoring-health/concept-sign-in-log-activity-details";
const BASIC = "https://learn.microsoft.com/entra/identity/conditional-access/policy-block-legacy-authentication";
const BOGUS_CLIENT =
  "https://github.com/elastic/detection-rules (rule of July 2026 on 700016 with ROPC); clusters UNK_pyreq2323 and UNK_OutFlareAZ of Proofpoint";
const SAMPLES = "https://github.com/microsoft/msticpy (rows of demonstration tenants)";

type Verdict = CodeLine["verdict"];
const line = (verdict: Verdict, meaning: string, source = ENTRA): CodeLine => ({ verdict, meaning, source });
const words = (text: string, source: string): WordsLine => ({ words: text, source });

export const gradingTable: GradingTable = {
  codes: {
    "0": line("right", "success"),
    "50126": line("wrong", "wrong user name or password"),
    "50064": line("wrong", "the credentials could not be validated"),
    "50034": line("noUser", "no such account"),
    "51004": line("noUser", "no such account"),
    "50014": line("noUser", "no such account"),
    "50059": line("noUser", "no such tenant"),
    "50128": line("noUser", "no such domain"),
    "50020": line("other", "an account of another identity provider, which is no password failure"),
    "50053": line(
      "ambiguous",
      "locked out, or stopped because of its address; the right password fails as well",
      SMART_LOCKOUT,
    ),
    "50055": line("likely", "the password has expired", `${ENTRA}; ${MSOLSPRAY}`),
    "50144": line("ambiguous", "the password in Active Directory has expired"),
    "50056": line("ambiguous", "the account has no password in the directory"),
    "50057": line("ambiguous", "the account is disabled; whether the password was checked is not documented"),
    "50058": line("other", "a silent sign-in without a session"),
    "50072": line("right", "a second factor has to be enrolled"),
    "50074": line("right", "a second factor was asked for"),
    "50076": line("right", "a second factor was asked for", `${ENTRA}; ${MSOLSPRAY}; ${TEAMFILTRATION}`),
    "50078": line("right", "the second factor had expired"),
    "50079": line("right", "a second factor has to be enrolled", `${ENTRA}; ${MSOLSPRAY}; ${TEAMFILTRATION}`),
    "500121": line("right", "the second factor was denied, or not given"),
    "50158": line("right", "an external second factor was asked for", `${ENTRA}; ${MSOLSPRAY}; ${TEAMFILTRATION}`),
    "50140": line("right", "asked whether to stay signed in"),
    "50125": line("right", "a password has to be reset or registered first"),
    "50135": line("right", "the password has to be changed because of risk"),
    "50142": line("right", "the password has to be changed because of risk"),
    "50105": line("right", "the account may not use this application"),
    "65001": line("right", "nobody has consented to this application"),
    "53000": line("right", "conditional access wants a compliant device"),
    "53001": line("right", "conditional access wants a joined device"),
    "53002": line("right", "conditional access wants an approved application"),
    "53003": line("right", "blocked by conditional access", `${ENTRA}; ${TEAMFILTRATION}`),
    "53004": line("right", "a second factor cannot be enrolled because of risk"),
    "530032": line("right", "blocked by a security policy"),
    "530035": line("right", "blocked by security defaults"),
    "50131": line("right", "conditional access refuses this device or risk"),
    "50132": line("token", "the session was revoked or its password changed"),
    "50133": line("token", "the session has expired or its password was changed"),
    "50173": line("token", "the token was revoked"),
    "70008": line("token", "the token has expired"),
    "70043": line("token", "the token has expired by a policy"),
    "700082": line("token", "the token has expired for lack of use"),
    "80002": line("ambiguous", "the agent for pass-through authentication did not answer in time"),
    "80005": line("ambiguous", "the agent for pass-through authentication gave an unexpected answer"),
    "80007": line("ambiguous", "the agent for pass-through authentication could not validate the password"),
    "700016": line("other", "an application that this tenant does not know", `${ENTRA}; ${BOGUS_CLIENT}`),
    "7000215": line("other", "a wrong secret of an application"),
    "7000218": line("other", "an application without its secret"),
  },
  passwordMethods: [
    words("Password", ACTIVITY_DETAILS),
    words("CloudOnlyPassword", SAMPLES),
    words("Password Hash Sync", ACTIVITY_DETAILS),
    words("Password in the cloud", ACTIVITY_DETAILS),
    words("Pass-through authentication", ACTIVITY_DETAILS),
  ],
  correctPassword: [words("Correct password", ACTIVITY_DETAILS)],
  basicClients: [
    words("Authenticated SMTP", BASIC),
    words("SMTP", SIGN_IN_SCHEMA),
    words("IMAP", SIGN_IN_SCHEMA),
    words("POP", SIGN_IN_SCHEMA),
    words("MAPI", SIGN_IN_SCHEMA),
    words("Other clients", BASIC),
  ],
  basicClientsWithoutToken: [words("Exchange ActiveSync", BASIC)],
  lockedOut: [words("account is locked", ENTRA), words("too many times", ENTRA)],
  blockedAddress: [words("malicious", ENTRA), words("IP address", SMART_LOCKOUT)],
};

/** A team's own lines over ours; lists are added to, a code's line is replaced. */
export const adjustmentsSchema = gradingTableSchema.partial();
export type Adjustments = z.infer<typeof adjustmentsSchema>;

export function adjustGrading(table: GradingTable, adjustments: Adjustments): GradingTable {
  const { codes = {}, ...lists } = adjustments;
  const changed = Object.entries(codes).map(([code, { verdict }]) => {
    const ours = table.codes[code]?.verdict;
    return ours === undefined ? `${code} is ${verdict}` : `${code} is ${verdict} (ours: ${ours})`;
  });
  const more = Object.entries(lists).flatMap(([name, added = []]) =>
    added.map((each) => `${name} has "${each.words}"`),
  );
  const both = (name: keyof typeof lists): WordsLine[] => [...table[name], ...(lists[name] ?? [])];
  return {
    codes: { ...table.codes, ...codes },
    passwordMethods: both("passwordMethods"),
    correctPassword: both("correctPassword"),
    basicClients: both("basicClients"),
    basicClientsWithoutToken: both("basicClientsWithoutToken"),
    lockedOut: both("lockedOut"),
    blockedAddress: both("blockedAddress"),
    adjusted: [...(table.adjusted ?? []), ...changed, ...more],
  };
}
