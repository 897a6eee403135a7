metadata description = 'The function app: Flex Consumption on Linux, run from a package, no passwords for publishing. Its settings come in settings.bicep.'

@description('The name of the app.')
param name string

@description('The name of its plan.')
param planName string

@description('The region.')
param location string

@description('Tags for every resource.')
param tags object

@description('The resource id of the app\'s identity.')
param identityId string

@description('Where the package lies that the app runs from.')
param packageContainerUri string

@description('The version of Node.js.')
param nodeVersion string

@description('The memory of an instance in MB.')
param instanceMemoryMB int

@description('How many instances there may be at most.')
param maximumInstanceCount int

@description('Who can reach the app over the network.')
@allowed(['Enabled', 'Disabled'])
param publicNetworkAccess string

@description('The subnet through which the app reaches private endpoints; empty for none.')
param subnetResourceId string

@description('The workspace that keeps the platform\'s own log of the app.')
param workspaceResourceId string

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  // By this tag the Azure Developer CLI finds where to put the code.
  tags: union(tags, { 'azd-service-name': 'responder' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    clientAffinityEnabled: false
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    publicNetworkAccess: publicNetworkAccess
    virtualNetworkSubnetId: empty(subnetResourceId) ? null : subnetResourceId
    siteConfig: {
      minTlsVersion: '1.2'
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUri
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'node'
        version: nodeVersion
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: []
      }
    }
  }
}

resource ftp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource scm 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

resource platformLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: app
  properties: {
    workspaceId: workspaceResourceId
    logs: [
      {
        category: 'FunctionAppLogs'
        enabled: true
      }
    ]
  }
}

@description('The name of the app.')
output name string = app.name

@description('The app\'s own address.')
output url string = 'https://${app.properties.defaultHostName}'
