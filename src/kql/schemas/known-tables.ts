// The tables of Log Analytics that the engine knows, as Microsoft's Azure Monitor table reference documents them
// (learn.microsoft.com/azure/azure-monitor/reference/tables/<name in lower case>, read November 2026).
import type { ColumnType, ResultColumn } from "../types.ts";

export interface TableSchema {
  readonly name: string;
  readonly columns: readonly ResultColumn[];
}

/** "Name" is a string column; others say their type: "Name:datetime". */
function schema(name: string, columns: string): TableSchema {
  return {
    name,
    columns: columns
      .trim()
      .split(/\s+/)
      .map((column) => {
        const [columnName = "", type = "string"] = column.split(":");
        return { name: columnName, type: type as ColumnType }; // the texts below are ours, and a test reads them all
      }),
  };
}

// TenantId is missing from the pages of SigninLogs and AuditLogs, but it is a standard column of every table
// (learn.microsoft.com/azure/azure-monitor/logs/log-standard-columns) and present in real exports.
export const knownTables: readonly TableSchema[] = [
  schema(
    "SigninLogs",
    `
    AADTenantId Agent:dynamic AlternateSignInName AppDisplayName AppId AppliedConditionalAccessPolicies
    AppliedEventListeners:dynamic AppOwnerTenantId AuthenticationAppDeviceDetails
    AuthenticationAppPolicyEvaluationDetails AuthenticationContextClassReferences AuthenticationDetails
    AuthenticationMethodsUsed AuthenticationProcessingDetails AuthenticationProtocol AuthenticationRequirement
    AuthenticationRequirementPolicies AuthenticatorAppLocation AutonomousSystemNumber _BilledSize:real Category
    ClientAppUsed ClientCredentialType ConditionalAccessAudiences ConditionalAccessPolicies:dynamic
    ConditionalAccessStatus CorrelationId CreatedDateTime:datetime CrossTenantAccessType DeviceDetail:dynamic
    DurationMs:long FederatedCredentialId FlaggedForReview:bool GlobalSecureAccessIpAddress HomeTenantId
    HomeTenantName Id Identity IncomingTokenType IPAddress IPAddressFromResourceProvider _IsBillable
    IsInteractive:bool IsRisky:bool IsTenantRestricted:bool IsThroughGlobalSecureAccess:bool Level Location
    LocationDetails:dynamic MfaDetail:dynamic NetworkLocationDetails OperationName OperationVersion
    OriginalRequestId OriginalTransferMethod ProcessingTimeInMilliseconds Resource ResourceDisplayName
    ResourceGroup ResourceId ResourceIdentity ResourceOwnerTenantId ResourceProvider ResourceServicePrincipalId
    ResourceTenantId ResultDescription ResultSignature ResultType RiskDetail RiskEventTypes RiskEventTypes_V2
    RiskLevel RiskLevelAggregated RiskLevelDuringSignIn RiskState ServicePrincipalId ServicePrincipalName
    SessionId SessionLifetimePolicies SignInIdentifier SignInIdentifierType SourceAppClientId SourceSystem
    Status:dynamic TenantId TimeGenerated:datetime TokenIssuerName TokenIssuerType
    TokenProtectionStatusDetails:dynamic Type UniqueTokenIdentifier UserAgent UserDisplayName UserId
    UserPrincipalName UserType
    `,
  ),
  schema(
    "AADNonInteractiveUserSignInLogs",
    `
    AADTenantId Agent AlternateSignInName AppDisplayName AppId AppliedEventListeners:dynamic AppOwnerTenantId
    AuthenticationContextClassReferences AuthenticationDetails AuthenticationMethodsUsed
    AuthenticationProcessingDetails AuthenticationProtocol AuthenticationRequirement
    AuthenticationRequirementPolicies AuthenticatorAppLocation AutonomousSystemNumber _BilledSize:real Category
    ClientAppUsed ClientCredentialType ClientSessionId ConditionalAccessAudiences ConditionalAccessPolicies
    ConditionalAccessStatus CorrelationId CreatedDateTime:datetime CrossTenantAccessType DeviceDetail
    DurationMs:long FederatedCredentialId GlobalSecureAccessIpAddress HomeTenantId HomeTenantName Id Identity
    IncomingTokenType IPAddress _IsBillable IsInteractive:bool IsRisky:bool IsTenantRestricted:bool
    IsThroughGlobalSecureAccess:bool Level Location LocationDetails MfaDetail NetworkLocationDetails
    OperationName OperationVersion OriginalRequestId OriginalTransferMethod ProcessingTimeInMs
    ResourceDisplayName ResourceGroup ResourceIdentity ResourceOwnerTenantId ResourceServicePrincipalId
    ResourceTenantId ResultDescription ResultSignature ResultType RiskDetail RiskEventTypes RiskEventTypes_V2
    RiskLevelAggregated RiskLevelDuringSignIn RiskState ServicePrincipalId SessionId SessionLifetimePolicies
    SignInEventTypes SignInIdentifierType SourceSystem Status TenantId TimeGenerated:datetime TokenIssuerName
    TokenIssuerType TokenProtectionStatusDetails Type UniqueTokenIdentifier UserAgent UserDisplayName UserId
    UserPrincipalName UserType
    `,
  ),
  schema(
    "AADServicePrincipalSignInLogs",
    `
    AADTenantId Agent AppId AppOwnerTenantId AuthenticationContextClassReferences
    AuthenticationProcessingDetails AutonomousSystemNumber _BilledSize:real Category ClientCredentialType
    ConditionalAccessAudiences ConditionalAccessPolicies ConditionalAccessStatus CorrelationId
    CreatedDateTime:datetime DurationMs:long FederatedCredentialId Id Identity IPAddress _IsBillable Level
    Location LocationDetails NetworkLocationDetails OperationName OperationVersion ResourceDisplayName
    ResourceGroup ResourceIdentity ResourceOwnerTenantId ResourceServicePrincipalId ResultDescription
    ResultSignature ResultType ServicePrincipalCredentialKeyId ServicePrincipalCredentialThumbprint
    ServicePrincipalId ServicePrincipalName SessionId SourceSystem TenantId TimeGenerated:datetime Type
    UniqueTokenIdentifier UserAgent
    `,
  ),
  schema(
    "AuditLogs",
    `
    AADOperationType AADTenantId ActivityDateTime:datetime ActivityDisplayName AdditionalDetails:dynamic
    _BilledSize:real Category CorrelationId DurationMs:long Id Identity InitiatedBy:dynamic _IsBillable Level
    Location LoggedByService OperationName OperationVersion Resource ResourceGroup ResourceId ResourceProvider
    Result ResultDescription ResultReason ResultSignature ResultType SourceSystem TargetResources:dynamic
    TenantId TimeGenerated:datetime Type
    `,
  ),
  schema(
    "SecurityIncident",
    `
    AdditionalData:dynamic AlertIds:dynamic _BilledSize:real BookmarkIds:dynamic Classification
    ClassificationComment ClassificationReason ClosedTime:datetime Comments:dynamic CreatedTime:datetime
    Description FirstActivityTime:datetime FirstModifiedTime:datetime IncidentName IncidentNumber:int
    IncidentUrl _IsBillable Labels:dynamic LastActivityTime:datetime LastModifiedTime:datetime ModifiedBy
    Owner:dynamic ProviderIncidentId ProviderName RelatedAnalyticRuleIds:dynamic Severity SourceSystem Status
    Tasks:dynamic TenantId TimeGenerated:datetime Title Type
    `,
  ),
  schema(
    "IdentityInfo",
    `
    AccountCloudSID AccountCreationTime:datetime AccountDisplayName AccountDomain AccountName AccountObjectId
    AccountSID AccountTenantId AccountUPN AdditionalMailAddresses:dynamic Applications AssignedRoles:dynamic
    _BilledSize:real BlastRadius ChangeSource City CompanyName Country DeletedDateTime:datetime Department
    EmployeeId EntityRiskScore:dynamic ExtensionProperty:dynamic GivenName GroupMembership:dynamic
    InvestigationPriority:int InvestigationPriorityPercentile:int IsAccountEnabled:bool _IsBillable
    IsMFARegistered:bool IsServiceAccount:bool JobTitle LastSeenDate:datetime MailAddress Manager
    OnPremisesDistinguishedName OnPremisesExtensionAttributes Phone RelatedAccounts:dynamic RiskLevel
    RiskLevelDetails RiskState SAMAccountName ServicePrincipals:dynamic SourceSystem State StreetAddress Surname
    Tags TenantId TimeGenerated:datetime Type UACFlags UserAccountControl:dynamic UserState
    UserStateChangedOn:datetime UserType
    `,
  ),
  schema(
    "AADRiskyUsers",
    `
    _BilledSize:real CorrelationId Id _IsBillable IsDeleted:bool IsProcessing:bool OperationName RiskDetail
    RiskLastUpdatedDateTime:datetime RiskLevel RiskState SourceSystem TenantId TimeGenerated:datetime Type
    UserDisplayName UserPrincipalName
    `,
  ),
  schema(
    "AADUserRiskEvents",
    `
    Activity ActivityDateTime:datetime AdditionalInfo:dynamic _BilledSize:real CorrelationId
    DetectedDateTime:datetime DetectionTimingType Id IpAddress _IsBillable LastUpdatedDateTime:datetime
    Location:dynamic OperationName RequestId RiskDetail RiskEventType RiskLevel RiskState Source SourceSystem
    TenantId TimeGenerated:datetime TokenIssuerType Type UserDisplayName UserId UserPrincipalName
    `,
  ),
];

/** Columns that Log Analytics puts on every table; a log may have them although a table's own page does not say so. */
export const standardColumns: readonly ResultColumn[] = schema(
  "standard",
  "_ItemId _ResourceId _SubscriptionId _TimeReceived:datetime _BilledSize:real _IsBillable SourceSystem TenantId Type",
).columns;

const byName = new Map(knownTables.map((table) => [table.name.toLowerCase(), table]));

/** The known table of that name, whatever its case: file names do not keep it. */
export const knownTable = (name: string): TableSchema | undefined => byName.get(name.toLowerCase());
