// How a sign-in ended: result codes with the texts that Entra writes beside them, and the steps of authentication.
// Codes: https://learn.microsoft.com/entra/identity-platform/reference-error-codes

export const resultTexts = {
  "0": "",
  "50020":
    "User account from identity provider does not exist in tenant and cannot access the application in that tenant.",
  "50034": "The user account does not exist in the directory.",
  "50053": "Account is locked because user tried to sign in too many times with an incorrect user ID or password.",
  "50055": "Invalid password, entered expired password.",
  "50056": "Invalid or null password: password does not exist in the directory for this user.",
  "50058": "Session information is not sufficient for single-sign-on.",
  "50072": "User needs to enroll for second factor authentication (interactive).",
  "50074": "Strong Authentication is required.",
  "50076": "User needs to perform multi-factor authentication.",
  "50079": "User needs to enroll for second factor authentication.",
  "50126": "Invalid username or password or Invalid on-premise username or password.",
  "50133": "Session is invalid due to expiration or recent password change.",
  "50140": "This error occurred due to 'Keep me signed in' interrupt when the user was signing-in.",
  "50173": "The provided grant has expired due to it being revoked.",
} as const;

export type ResultCode = keyof typeof resultTexts;

/** What the steps of authentication say. */
export type Proof =
  /** No step was recorded. */
  | "nothing"
  | "wrongPassword"
  | "expiredPassword"
  | "correctPassword"
  /** The password, then the authenticator app. */
  | "passwordAndApp"
  /** The password, then an app that was asked and did not answer. */
  | "passwordAppAsked"
  | "windowsHello"
  /** A token stood in for the factors that were asked for: no credential was presented. */
  | "tokenClaim"
  | "tokenClaims";

interface Step {
  readonly method: string;
  readonly detail: string;
  readonly succeeded: boolean;
  readonly result: string;
  readonly requirement: "Primary authentication" | "Multifactor authentication";
}

const PRIMARY = "Primary authentication";
const SECOND = "Multifactor authentication";

const password = (succeeded: boolean, result: string): Step => ({
  method: "Password",
  detail: "Password Hash Sync",
  succeeded,
  result,
  requirement: PRIMARY,
});
const app = (succeeded: boolean, result: string): Step => ({
  method: "Mobile app notification",
  detail: "",
  succeeded,
  result,
  requirement: SECOND,
});
const claim = (requirement: Step["requirement"], result: string): Step => ({
  method: "Previously satisfied",
  detail: "",
  succeeded: true,
  result,
  requirement,
});

const steps: Readonly<Record<Proof, readonly Step[]>> = {
  nothing: [],
  wrongPassword: [password(false, "Invalid username or password or Invalid on-premise username or password.")],
  expiredPassword: [password(false, "Invalid password, entered expired password.")],
  correctPassword: [password(true, "Correct password")],
  passwordAndApp: [password(true, "Correct password"), app(true, "MFA completed in Azure AD")],
  passwordAppAsked: [password(true, "Correct password"), app(false, "Authentication in progress")],
  windowsHello: [
    {
      method: "Windows Hello for Business",
      detail: "",
      succeeded: true,
      result: "MFA requirement satisfied by strong authentication",
      requirement: PRIMARY,
    },
  ],
  tokenClaim: [claim(PRIMARY, "First factor requirement satisfied by claim in the token")],
  tokenClaims: [
    claim(PRIMARY, "First factor requirement satisfied by claim in the token"),
    claim(SECOND, "MFA requirement satisfied by claim in the token"),
  ],
};

/** Each step as the text around its time, ready to be joined: there are tens of thousands of them to write. */
const written: Readonly<Record<Proof, readonly string[]>> = mapSteps((step) =>
  JSON.stringify({
    authenticationMethod: step.method,
    ...(step.detail === "" ? {} : { authenticationMethodDetail: step.detail }),
    succeeded: step.succeeded,
    authenticationStepResultDetail: step.result,
    authenticationStepRequirement: step.requirement,
  }).slice(1),
);

function mapSteps(write: (step: Step) => string): Record<Proof, readonly string[]> {
  const entries = Object.entries(steps).map(([proof, list]) => [proof, list.map(write)]);
  return Object.fromEntries(entries);
}

/** AuthenticationDetails: a JSON array in a text. `at` is the time of the sign-in as the row has it. */
export function authenticationDetails(proof: Proof, at: string): string {
  const list = written[proof].map((step) => `{"authenticationStepDateTime":"${at}",${step}`);
  return `[${list.join(",")}]`;
}
