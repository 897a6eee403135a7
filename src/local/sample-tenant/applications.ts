// What people and programs sign in with. Ids of Microsoft's own applications and resources are public
// (https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in); the rest is made up.

export interface Named {
  readonly id: string;
  readonly name: string;
}

const named = (id: string, name: string): Named => ({ id, name });

export const applications = {
  portal: named("c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "Azure Portal"),
  /** The portal as some failures record it: without its display name. */
  namelessPortal: named("c44b4083-3bb0-49c1-b47d-974e53cbdf3c", ""),
  azureCli: named("04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Microsoft Azure CLI"),
  directoryPowerShell: named("1b730954-1685-4b74-9bfd-dac224a7b894", "Azure Active Directory PowerShell"),
  office: named("d3590ed6-52b3-4102-aeff-aad2292ab01c", "Microsoft Office"),
  officeHome: named("4765445b-32c6-49b0-83e6-1d93765276ca", "OfficeHome"),
  teams: named("1fec8e78-bce4-4aaf-ab1b-5451cc387264", "Microsoft Teams"),
  oneDrive: named("ab9b8c07-8f02-4f72-87fa-80105867a763", "OneDrive SyncEngine"),
  broker: named("29d9ed98-a469-4536-ade2-f981bc1d605e", "Microsoft Authentication Broker"),
  exchange: named("00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online"),
  expenses: named("6f2b7c1e-3d54-4a8b-9c07-5e1fd2a4b601", "Contoso Expenses"),
  passwordReset: named("6f2b7c1e-3d54-4a8b-9c07-5e1fd2a4b602", "Contoso Password Reset for Azure Portal"),
  scanner: named("6f2b7c1e-3d54-4a8b-9c07-5e1fd2a4b603", "Contoso Scan to Folder"),
  archive: named("6f2b7c1e-3d54-4a8b-9c07-5e1fd2a4b604", "Contoso Mail Archive"),
  flow: named("6f2b7c1e-3d54-4a8b-9c07-5e1fd2a4b605", "Contoso Invoice Flow"),
} as const satisfies Record<string, Named>;

export const resources = {
  management: named("797f4846-ba00-4fd7-ba43-dac1f8f63013", "Windows Azure Service Management API"),
  graph: named("00000003-0000-0000-c000-000000000000", "Microsoft Graph"),
  directoryGraph: named("00000002-0000-0000-c000-000000000000", "Windows Azure Active Directory"),
  exchange: named("00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online"),
  sharePoint: named("00000003-0000-0ff1-ce00-000000000000", "Office 365 SharePoint Online"),
  expenses: named("6f2b7c1e-3d54-4a8b-9c07-5e1fd2a4b601", "Contoso Expenses"),
} as const satisfies Record<string, Named>;

export type ClientApp =
  | "Browser"
  | "Mobile Apps and Desktop clients"
  | "Exchange ActiveSync"
  | "Authenticated SMTP"
  | "Other clients";

/** The way in: application, what it asks for, and what the row says of client and protocol. */
export interface Route {
  readonly application: Named;
  readonly resource: Named;
  readonly client: ClientApp;
  readonly protocol: "none" | "oAuth2" | "ropc" | "saml20";
}

const browser = (application: Named, resource: Named): Route => ({
  application,
  resource,
  client: "Browser",
  protocol: "none",
});
const desktop = (application: Named, resource: Named): Route => ({
  application,
  resource,
  client: "Mobile Apps and Desktop clients",
  protocol: "oAuth2",
});
/** Name and password posted to the token endpoint. */
const ropc = (application: Named, resource: Named): Route => ({
  application,
  resource,
  client: "Other clients",
  protocol: "ropc",
});

export const routes = {
  portal: browser(applications.portal, resources.management),
  namelessPortal: browser(applications.namelessPortal, resources.management),
  officeHome: browser(applications.officeHome, resources.graph),
  expenses: { ...browser(applications.expenses, resources.expenses), protocol: "saml20" },
  passwordReset: browser(applications.passwordReset, resources.graph),
  azureCli: desktop(applications.azureCli, resources.management),
  officeApps: desktop(applications.office, resources.graph),
  outlook: desktop(applications.office, resources.exchange),
  teams: desktop(applications.teams, resources.graph),
  oneDrive: desktop(applications.oneDrive, resources.sharePoint),
  broker: desktop(applications.broker, resources.graph),
  phoneMail: {
    application: applications.exchange,
    resource: resources.exchange,
    client: "Exchange ActiveSync",
    protocol: "none",
  },
  printerMail: {
    application: applications.exchange,
    resource: resources.exchange,
    client: "Authenticated SMTP",
    protocol: "none",
  },
  scanner: ropc(applications.scanner, resources.sharePoint),
  archive: ropc(applications.archive, resources.exchange),
  flow: ropc(applications.flow, resources.exchange),
  sprayTool: ropc(applications.directoryPowerShell, resources.directoryGraph),
  /** What an intruder reads with the tokens of a sprayed account. */
  stolenMail: { ...ropc(applications.directoryPowerShell, resources.exchange), protocol: "none" },
  stolenDirectory: { ...ropc(applications.directoryPowerShell, resources.graph), protocol: "none" },
} as const satisfies Record<string, Route>;

export const userAgents = {
  edge: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
  chromeOnMac:
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  chromeOnLinux:
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
  headless:
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36",
  officeApps: "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.19127; Pro)",
  brokerSignIn: "Mozilla/5.0 (compatible; MSAL 1.0) PKeyAuth/1.0",
  phone: "Apple-iPhone16C1/2301.345",
  azureCli: "python-requests/2.32.3",
  monitoring: "Contoso-Monitoring/4.2",
  passwordReset: "Contoso-Password-Reset/1.7",
  mailRelay: "",
  scanner: "ScanToFolder/2.0",
  archive: "Java/17.0.9",
  flow: "azure-logic-apps/1.0",
  /** What the botnet of the 2025 reports on password spraying called itself. */
  sprayTool: "fasthttp",
} as const;
