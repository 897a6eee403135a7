metadata description = 'Where the one secret lies: the URL of the Teams workflow. The vault holds nothing else.'

@description('The name of the vault.')
@minLength(3)
@maxLength(24)
param name string

@description('The region.')
param location string

@description('Tags for every resource.')
param tags object

@description('Who can reach the vault over the network. With Disabled, bring a private endpoint.')
@allowed(['Enabled', 'Disabled'])
param publicNetworkAccess string

@description('The object id of the app\'s identity.')
param principalId string

@description('The workspace that keeps who read the secret.')
param workspaceResourceId string

@description('The URL of the Teams workflow. Empty leaves what is in the vault as it is.')
@secure()
param teamsWebhookUrl string

var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'
var entryName = 'teams-webhook-url'

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enablePurgeProtection: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 7
    publicNetworkAccess: publicNetworkAccess
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: publicNetworkAccess == 'Enabled' ? 'Allow' : 'Deny'
    }
  }
}

resource entry 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(teamsWebhookUrl)) {
  parent: vault
  name: entryName
  properties: {
    contentType: 'text/uri'
    value: teamsWebhookUrl
  }
}

resource appReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, principalId, keyVaultSecretsUser)
  scope: vault
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsUser)
  }
}

resource readers 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: vault
  properties: {
    workspaceId: workspaceResourceId
    logs: [
      {
        category: 'AuditEvent'
        enabled: true
      }
    ]
  }
}

@description('The name of the vault.')
output name string = vault.name

@description('What the app setting holds in place of the URL. The platform resolves it with the app\'s identity.')
output teamsUrlReference string = '@Microsoft.KeyVault(SecretUri=${vault.properties.vaultUri}secrets/${entryName})'
