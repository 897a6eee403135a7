metadata name = 'Entra Hunt Responder'
metadata description = 'Hunts password attacks in the sign-in logs of a workspace, opens incidents in Microsoft Sentinel and tells the responders in Teams.'

targetScope = 'resourceGroup'

import { tuning } from 'modules/presets.bicep'

// What has to be said

@description('The name of this deployment; names of resources are made from it.')
@minLength(1)
@maxLength(32)
param environmentName string

@description('The resource id of the Log Analytics workspace with the sign-in logs and Microsoft Sentinel. It may lie in another resource group or subscription.')
@minLength(1)
param workspaceResourceId string

@description('Who gets a mail when the app itself fails.')
@minLength(3)
param alarmEmail string

// Where and how it runs

@description('The region of the app.')
param location string = resourceGroup().location

@description('Tags for every resource.')
param tags object = {}

@description('The version of Node.js. Support for 22 ends in April 2027.')
@allowed(['24', '22'])
param nodeVersion string = '24'

@description('The memory of an instance in MB. 2048 has a whole core; 512 a quarter of one.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 512

@description('How many instances there may be at most. Each timer has one of its own while it runs.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('How many copies of state and records are kept, and where.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageSku string = 'Standard_ZRS'

@description('Who can reach the app over the network. Disabled leaves the timers running; people then need a private endpoint.')
@allowed(['Enabled', 'Disabled'])
param publicNetworkAccess string = 'Enabled'

@description('Who can reach storage and vault over the network. With Disabled, give a subnet and bring private endpoints.')
@allowed(['Enabled', 'Disabled'])
param storageNetworkAccess string = 'Enabled'

@description('The subnet, delegated to Microsoft.App/environments, through which the app reaches private endpoints. Empty for none.')
param subnetResourceId string = ''

@description('The workspace for what the app tells about itself, if not the one with the sign-in logs, where Sentinel charges for it.')
param telemetryWorkspaceResourceId string = workspaceResourceId

@description('The region of that workspace; alarms must lie where the workspace lies that they ask. Empty is where the other one lies.')
param telemetryWorkspaceLocation string = ''

@description('More action groups to call when the app itself fails, by resource id.')
param otherActionGroups string[] = []

@description('How long no hunt may complete a run before somebody is told: three periods of the hunts.')
@allowed(['PT15M', 'PT30M', 'PT45M', 'PT1H', 'PT2H', 'PT3H', 'PT6H'])
param longestSilence string = 'PT30M'

// What it does

@description('When to look for hunts that are due: six fields, in UTC.')
param watchSchedule string = '0 */10 * * * *'

@description('When to do what was promised for later: six fields, in UTC.')
param tendSchedule string = '30 5/10 * * * *'

@description('Hunts that are never due, by name.')
param disabledHunts string[] = []

@description('Which thresholds count. Large is 2,000 active accounts or more; auto counts them.')
@allowed(['auto', 'small', 'large'])
param tenantSize string = 'auto'

@description('Whether campaigns become incidents in Microsoft Sentinel. Gives the app the role for it.')
param incidents bool = true

@description('Whether cards go to Teams. On as well where teamsWebhookUrl is given; say it alone where the secret is already in the vault.')
param cards bool = false

@description('The URL of the Teams workflow; it goes into the vault and nowhere else. Empty leaves what is there.')
@secure()
param teamsWebhookUrl string = ''

@description('Whether each run is recorded for replay. Records hold personal data for 30 days. Gives the app the role for it.')
param keepRecords bool = false

// What it may do to accounts

@description('What each hunt may lead to: a hunt\'s name and off, propose or automatic. Hunts that are not named are off.')
param responseModes {
  *: 'off' | 'propose' | 'automatic'
} = {}

@description('The actions that are allowed at all. Each needs a permission in Microsoft Graph: see grant-graph-permissions.sh.')
param responseActions ('revokeSessions' | 'disableAccount')[] = []

@description('The object ids of the emergency accounts; never acted on.')
param breakGlassAccounts string[] = []

@description('Accounts that are never acted on, by object id or user principal name.')
param protectedAccounts string[] = []

@description('Groups whose members are never acted on, by object id.')
param protectedGroups string[] = []

@description('The client id of the app registration by which approvers sign in. Empty leaves sign-in out, and approvals off.')
param signInClientId string = ''

@description('The object ids of the people who may approve. Nobody leaves sign-in out, and approvals off.')
param approvers string[] = []

@description('Other settings, by the names in docs/settings.md.')
param settings tuning = {}

var token = toLower(uniqueString(subscription().id, resourceGroup().id, environmentName))
var allTags = union(tags, { 'azd-env-name': environmentName })
var workspace = {
  subscriptionId: split(workspaceResourceId, '/')[2]
  resourceGroup: split(workspaceResourceId, '/')[4]
  name: split(workspaceResourceId, '/')[8]
}
var approvals = !empty(signInClientId) && !empty(approvers)
var postsCards = cards || !empty(teamsWebhookUrl)
var stateTableName = 'responderstate'
var recordsContainerName = 'run-records'

module identity 'modules/identity.bicep' = {
  name: 'responder-identity'
  params: {
    name: 'id-responder-${token}'
    location: location
    tags: allTags
  }
}

module storage 'modules/storage.bicep' = {
  name: 'responder-storage'
  params: {
    name: 'stresponder${token}'
    location: location
    tags: allTags
    sku: storageSku
    publicNetworkAccess: storageNetworkAccess
    principalId: identity.outputs.principalId
    stateTableName: stateTableName
    recordsContainerName: recordsContainerName
    keepRecords: keepRecords
  }
}

module telemetry 'modules/telemetry.bicep' = {
  name: 'responder-telemetry'
  params: {
    name: 'appi-responder-${token}'
    location: location
    tags: allTags
    workspaceResourceId: telemetryWorkspaceResourceId
    principalId: identity.outputs.principalId
  }
}

module vault 'modules/vault.bicep' = {
  name: 'responder-vault'
  params: {
    name: 'kv-resp-${token}'
    location: location
    tags: allTags
    publicNetworkAccess: storageNetworkAccess
    principalId: identity.outputs.principalId
    workspaceResourceId: telemetryWorkspaceResourceId
    teamsWebhookUrl: teamsWebhookUrl
  }
}

module workspaceAccess 'modules/workspace-access.bicep' = {
  name: 'responder-workspace-access-${token}'
  scope: resourceGroup(workspace.subscriptionId, workspace.resourceGroup)
  params: {
    workspaceName: workspace.name
    principalId: identity.outputs.principalId
    incidents: incidents
  }
}

module app 'modules/app.bicep' = {
  name: 'responder-app'
  params: {
    name: 'func-responder-${token}'
    planName: 'plan-responder-${token}'
    location: location
    tags: allTags
    identityId: identity.outputs.id
    packageContainerUri: storage.outputs.packageContainerUri
    nodeVersion: nodeVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    publicNetworkAccess: publicNetworkAccess
    subnetResourceId: subnetResourceId
    workspaceResourceId: telemetryWorkspaceResourceId
  }
}

module signIn 'modules/sign-in.bicep' = if (approvals) {
  name: 'responder-sign-in'
  params: {
    appName: app.outputs.name
    clientId: signInClientId
    approvers: approvers
  }
}

// After sign-in, so that the app never believes a header that nobody checks.
module appSettings 'modules/settings.bicep' = {
  name: 'responder-settings'
  params: {
    appName: app.outputs.name
    componentName: telemetry.outputs.name
    clientId: identity.outputs.clientId
    blobUri: storage.outputs.blobUri
    queueUri: storage.outputs.queueUri
    tableUri: storage.outputs.tableUri
    keepRecords: keepRecords
    trustPrincipalHeader: approvals ? signIn!.outputs.trustPrincipalHeader : 'off'
    chosen: union(settings, {
      CLOUD: environment().name == 'AzureUSGovernment' ? 'usgov' : 'public'
      WORKSPACE_ID: workspaceAccess.outputs.customerId
      WORKSPACE_SUBSCRIPTION_ID: workspace.subscriptionId
      WORKSPACE_RESOURCE_GROUP: workspace.resourceGroup
      WORKSPACE_NAME: workspace.name
      STATE_TABLE_NAME: stateTableName
      RECORDS_CONTAINER: recordsContainerName
      INCIDENTS: incidents ? 'on' : 'off'
      TEAMS_WEBHOOK_URL: postsCards ? vault.outputs.teamsUrlReference : ''
      WATCH_SCHEDULE: watchSchedule
      TEND_SCHEDULE: tendSchedule
      DISABLED_HUNTS: join(disabledHunts, ',')
      TENANT_SIZE: tenantSize
      RESPONSE_MODES: join(map(items(responseModes), one => '${one.key}=${one.value}'), ',')
      RESPONSE_ACTIONS: join(responseActions, ',')
      BREAK_GLASS_ACCOUNTS: join(breakGlassAccounts, ',')
      PROTECTED_ACCOUNTS: join(protectedAccounts, ',')
      PROTECTED_GROUPS: join(protectedGroups, ',')
      APPROVALS: approvals ? 'on' : 'off'
      APPROVERS: join(approvers, ',')
    })
  }
}

module alarms 'modules/alarms.bicep' = {
  name: 'responder-alarms'
  params: {
    name: 'responder-${token}'
    location: empty(telemetryWorkspaceLocation) ? workspaceAccess.outputs.location : telemetryWorkspaceLocation
    tags: allTags
    workspaceResourceId: telemetryWorkspaceResourceId
    componentId: telemetry.outputs.id
    email: alarmEmail
    otherActionGroups: otherActionGroups
    longestSilence: longestSilence
  }
}

@description('The name of the function app.')
output AZURE_FUNCTION_APP_NAME string = app.outputs.name

@description('Its address.')
output AZURE_FUNCTION_APP_URL string = app.outputs.url

@description('The object id of its identity, for grant-graph-permissions.sh.')
output AZURE_IDENTITY_PRINCIPAL_ID string = identity.outputs.principalId

@description('The vault for the URL of the Teams workflow.')
output AZURE_KEY_VAULT_NAME string = vault.outputs.name
