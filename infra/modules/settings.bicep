metadata description = 'The settings of the app. Set last, when all that they name is there.'

import { presets } from 'presets.bicep'

@description('The name of the app.')
param appName string

@description('The name of its Application Insights component.')
param componentName string

@description('The client id of the app\'s identity.')
param clientId string

@description('The blob service of the app\'s storage account.')
param blobUri string

@description('The queue service of the app\'s storage account.')
param queueUri string

@description('The table service of the app\'s storage account.')
param tableUri string

@description('Whether the app keeps records of its runs.')
param keepRecords bool

@description('Whether people sign in before they approve; sign-in.bicep says so.')
param trustPrincipalHeader string

@description('What the team set, by the names of the settings. Each wins over its preset.')
param chosen object

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: appName
}

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

var platform = {
  // The host reaches its storage as the app's identity; there is no connection string with a key.
  AzureWebJobsStorage__blobServiceUri: blobUri
  AzureWebJobsStorage__queueServiceUri: queueUri
  AzureWebJobsStorage__tableServiceUri: tableUri
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: clientId
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${clientId};Authorization=AAD'
}

// Sign-in in front of the app uses these; without it they would only puzzle.
var signIn = trustPrincipalHeader == 'on'
  ? {
      OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: clientId
      WEBSITE_AUTH_AAD_ALLOWED_TENANTS: tenant().tenantId
    }
  : {}

var deployed = {
  APPLICATIONINSIGHTS_CONNECTION_STRING: component.properties.ConnectionString
  APP_URL: 'https://${app.properties.defaultHostName}'
  AZURE_CLIENT_ID: clientId
  RECORDS_BLOB_URI: keepRecords ? blobUri : ''
  STATE_TABLE_URI: tableUri
  TENANT_ID: tenant().tenantId
  TRUST_PRINCIPAL_HEADER: trustPrincipalHeader
}

resource settings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  properties: union(presets, chosen, deployed, platform, signIn)
}
