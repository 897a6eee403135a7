// What the templates may name, and where each was read.

/**
 * Resource types and the API version that we speak: stable ones that all regions know.
 * Source: https://github.com/Azure/bicep-types-az (generated/, August 2026) and https://learn.microsoft.com/azure/templates/.
 */
export const apiVersions: Readonly<Record<string, string>> = {
  "Microsoft.Authorization/roleAssignments": "2022-04-01",
  "Microsoft.Insights/actionGroups": "2023-01-01",
  "Microsoft.Insights/components": "2020-02-02",
  // There has been no stable version of it since.
  "Microsoft.Insights/diagnosticSettings": "2021-05-01-preview",
  "Microsoft.Insights/scheduledQueryRules": "2023-12-01",
  "Microsoft.KeyVault/vaults": "2024-11-01",
  "Microsoft.KeyVault/vaults/secrets": "2024-11-01",
  "Microsoft.ManagedIdentity/userAssignedIdentities": "2024-11-30",
  "Microsoft.OperationalInsights/queryPacks": "2023-09-01",
  "Microsoft.OperationalInsights/queryPacks/queries": "2023-09-01",
  "Microsoft.OperationalInsights/workspaces": "2025-07-01",
  "Microsoft.Storage/storageAccounts": "2025-06-01",
  "Microsoft.Storage/storageAccounts/blobServices": "2025-06-01",
  "Microsoft.Storage/storageAccounts/blobServices/containers": "2025-06-01",
  "Microsoft.Storage/storageAccounts/tableServices": "2025-06-01",
  "Microsoft.Storage/storageAccounts/tableServices/tables": "2025-06-01",
  "Microsoft.Web/serverfarms": "2025-03-01",
  "Microsoft.Web/sites": "2025-03-01",
  "Microsoft.Web/sites/basicPublishingCredentialsPolicies": "2025-03-01",
  "Microsoft.Web/sites/config": "2025-03-01",
};

/** Built-in roles, https://learn.microsoft.com/azure/role-based-access-control/built-in-roles: the same ids everywhere. */
export const roles: Readonly<Record<string, string>> = {
  "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Storage Table Data Contributor",
  "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
  "3b03c2da-16b3-4a49-8834-0f8130efdd3b": "Log Analytics Data Reader",
  "3e150937-b8fe-4cfb-8069-0eaf05ecd056": "Microsoft Sentinel Responder",
  "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
  "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
  "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
};

/** Rights that no adapter of ours asks for: the platform does, in the app's name. */
export const platformRoles = [
  {
    role: "Storage Blob Data Owner",
    scope: "storage",
    // https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
    for: "the host's locks, timers and keys, and the package that the app runs from",
  },
  {
    role: "Key Vault Secrets User",
    scope: "vault",
    // https://learn.microsoft.com/azure/app-service/app-service-key-vault-references
    for: "resolving the reference to the URL of the Teams workflow",
  },
] as const;

/** What the scope of an assignment is called where adapters name their permissions, by the type of the resource. */
export const scopeNames: Readonly<Record<string, string>> = {
  "Microsoft.OperationalInsights/workspaces": "workspace",
  "Microsoft.Storage/storageAccounts": "storage",
  "Microsoft.Storage/storageAccounts/blobServices/containers": "container",
  "Microsoft.Insights/components": "telemetry",
  "Microsoft.KeyVault/vaults": "vault",
};

/** Rights whose adapter is still to be written; as soon as its file is there, it has to name them itself. */
export const awaitedRoles = [
  { role: "Monitoring Metrics Publisher", scope: "telemetry", adapter: "telemetry.ts" },
  { role: "Storage Blob Data Contributor", scope: "container", adapter: "run-records.ts" },
] as const;

/**
 * Application permissions of Microsoft Graph by name, as https://learn.microsoft.com/graph/permissions-reference lists them.
 */
export const graphPermissions: Readonly<Record<string, string>> = {
  "User.RevokeSessions.All": "77f3a031-c388-4f99-b373-dc68676a979e",
  "User.EnableDisableAccount.All": "3011c876-62b7-4ada-afa2-506cbbecc68c",
  "User.Read.All": "df021288-bdef-4463-88db-98f22de89214",
  "GroupMember.Read.All": "98830695-27a2-44f7-8c18-0c3ebc9698f6",
  "RoleManagement.Read.Directory": "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
  "PrivilegedEligibilitySchedule.Read.AzureADGroup": "edb419d6-7edc-42a3-9345-509bfdf5d87c",
};

/** App settings of the platform, not of the app. https://learn.microsoft.com/azure/azure-functions/functions-app-settings */
export const platformSettings: readonly string[] = [
  "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
  "AzureWebJobsStorage__blobServiceUri",
  "AzureWebJobsStorage__clientId",
  "AzureWebJobsStorage__credential",
  "AzureWebJobsStorage__queueServiceUri",
  "AzureWebJobsStorage__tableServiceUri",
  // https://learn.microsoft.com/azure/app-service/configure-authentication-provider-aad
  "OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID",
  "WEBSITE_AUTH_AAD_ALLOWED_TENANTS",
];

/** What a laptop's settings hold besides ours. https://learn.microsoft.com/azure/azure-functions/functions-develop-local */
export const laptopSettings: readonly string[] = ["AzureWebJobsStorage", "FUNCTIONS_WORKER_RUNTIME"];

/**
 * App settings that Flex Consumption refuses or ignores.
 * https://learn.microsoft.com/azure/azure-functions/functions-app-settings#flex-consumption-plan-deprecations
 */
export const forbiddenSettings: readonly string[] = [
  "ENABLE_ORYX_BUILD",
  "FUNCTIONS_EXTENSION_VERSION",
  "FUNCTIONS_MAX_HTTP_CONCURRENCY",
  "FUNCTIONS_WORKER_DYNAMIC_CONCURRENCY_ENABLED",
  "FUNCTIONS_WORKER_PROCESS_COUNT",
  "FUNCTIONS_WORKER_RUNTIME",
  "FUNCTIONS_WORKER_RUNTIME_VERSION",
  "SCM_DO_BUILD_DURING_DEPLOYMENT",
  "TZ",
  "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
  "WEBSITE_CONTENTOVERVNET",
  "WEBSITE_CONTENTSHARE",
  "WEBSITE_DNS_SERVER",
  "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT",
  "WEBSITE_MOUNT_ENABLED",
  "WEBSITE_NODE_DEFAULT_VERSION",
  "WEBSITE_RUN_FROM_PACKAGE",
  "WEBSITE_SKIP_CONTENTSHARE_VALIDATION",
  "WEBSITE_TIME_ZONE",
  "WEBSITE_USE_PLACEHOLDER_DOTNETISOLATED",
  "WEBSITE_VNET_ROUTE_ALL",
];

/**
 * The only property of siteConfig that Flex Consumption takes everywhere; others end in ARM error 51021 in some regions.
 * https://github.com/Azure/terraform-azurerm-avm-res-web-site/issues/345
 */
export const allowedSiteConfig: readonly string[] = ["minTlsVersion"];
