// Host names and token audiences per cloud. Everything that is reached over the network is named here or in the settings.
import { Problem, problemTexts } from "../problems.ts";

export interface CloudService {
  /** Scheme and host, without a path: "https://api.loganalytics.io". */
  readonly endpoint: string;
  /** Whom a token is for; the scope is this with "/.default". */
  readonly audience: string;
}

export interface Cloud {
  readonly name: "public" | "usGovernment";
  /** Where tokens come from: the `authorityHost` of a credential. A managed identity does not need it. */
  readonly login: string;
  readonly logAnalytics: CloudService;
  readonly resourceManager: CloudService;
  readonly graph: CloudService;
  /** What Azure Storage host names end in. */
  readonly storageSuffix: string;
  /** Where a person opens an incident. */
  readonly portal: string;
  readonly defenderPortal: string;
}

// The endpoint of a service is also the audience of its tokens in these clouds.
const service = (endpoint: string): CloudService => ({ endpoint, audience: endpoint });

/** https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure */
export const clouds: Readonly<Record<Cloud["name"], Cloud>> = {
  public: {
    name: "public",
    login: "https://login.microsoftonline.com",
    logAnalytics: service("https://api.loganalytics.io"),
    resourceManager: service("https://management.azure.com"),
    graph: service("https://graph.microsoft.com"),
    storageSuffix: "core.windows.net",
    portal: "https://portal.azure.com",
    defenderPortal: "https://security.microsoft.com",
  },
  usGovernment: {
    name: "usGovernment",
    login: "https://login.microsoftonline.us",
    logAnalytics: service("https://api.loganalytics.us"),
    resourceManager: service("https://management.usgovcloudapi.net"),
    graph: service("https://graph.microsoft.us"),
    storageSuffix: "core.usgovcloudapi.net",
    portal: "https://portal.azure.us",
    defenderPortal: "https://security.microsoft.us",
  },
};

// The names that the Azure CLI and its environments use are understood too.
const NAMES: Readonly<Record<string, Cloud["name"]>> = {
  public: "public",
  azurecloud: "public",
  azurepubliccloud: "public",
  usgovernment: "usGovernment",
  azureusgovernment: "usGovernment",
  azureusgovernmentcloud: "usGovernment",
};
const CHINA = ["china", "azurechina", "azurechinacloud"];

/** The cloud of that name; throws a Problem that says why where there is none or it cannot be used. */
export function cloudNamed(name: string): Cloud {
  const plain = name.trim().toLowerCase();
  if (CHINA.includes(plain)) {
    throw new Problem(
      problemTexts.cloudRefused(name, "Microsoft Sentinel was retired in Azure China on 18 August 2026."),
    );
  }
  const known = NAMES[plain];
  if (known === undefined) throw new Problem(problemTexts.unknownCloud(name, Object.keys(clouds)));
  return clouds[known];
}
