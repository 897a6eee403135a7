metadata description = 'What the app keeps: its package, the platform\'s locks and keys, its state and the records of its runs. No shared keys.'

@description('The name of the storage account.')
@minLength(3)
@maxLength(24)
param name string

@description('The region.')
param location string

@description('Tags for every resource.')
param tags object

@description('How many copies are kept, and where.')
param sku string

@description('Who can reach the account over the network. With Disabled, bring private endpoints for blobs and tables.')
@allowed(['Enabled', 'Disabled'])
param publicNetworkAccess string

@description('The object id of the app\'s identity.')
param principalId string

@description('The name of the table that keeps the state.')
@minLength(3)
@maxLength(63)
param stateTableName string

@description('The name of the container that keeps the records of runs.')
@minLength(3)
@maxLength(63)
param recordsContainerName string

@description('Whether the app may write records of its runs.')
param keepRecords bool

var packageContainerName = 'app-package'

// Ids of built-in roles are the same in every tenant and cloud.
var storageBlobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var storageBlobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var storageTableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: sku
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    publicNetworkAccess: publicNetworkAccess
    supportsHttpsTrafficOnly: true
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: publicNetworkAccess == 'Enabled' ? 'Allow' : 'Deny'
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: 7
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: 7
    }
  }
}

resource packages 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: blobs
  name: packageContainerName
  properties: {
    publicAccess: 'None'
  }
}

resource records 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: blobs
  name: recordsContainerName
  properties: {
    publicAccess: 'None'
  }
}

resource tables 'Microsoft.Storage/storageAccounts/tableServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource state 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' = {
  parent: tables
  name: stateTableName
}

// The host makes and breaks leases on its own containers and reads the package; the platform asks for this role on the account.
resource hostOwnsBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, principalId, storageBlobDataOwner)
  scope: account
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataOwner)
  }
}

// On the account, whose tables are all the app's and the host's: a transaction goes to the account's address, not to a table's.
resource appKeepsState 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, principalId, storageTableDataContributor)
  scope: account
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageTableDataContributor)
  }
}

resource appWritesRecords 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (keepRecords) {
  name: guid(records.id, principalId, storageBlobDataContributor)
  scope: records
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataContributor)
  }
}

@description('Where the package lies that the app runs from.')
output packageContainerUri string = '${account.properties.primaryEndpoints.blob}${packages.name}'

@description('The blob service.')
output blobUri string = account.properties.primaryEndpoints.blob

@description('The queue service.')
output queueUri string = account.properties.primaryEndpoints.queue

@description('The table service.')
output tableUri string = account.properties.primaryEndpoints.table
