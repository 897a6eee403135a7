metadata description = 'What the app may do in the workspace with the sign-in logs. Deployed to the workspace\'s own resource group.'

@description('The name of the workspace.')
param workspaceName string

@description('The object id of the app\'s identity.')
param principalId string

@description('Whether the app opens incidents in Microsoft Sentinel.')
param incidents bool

var logAnalyticsDataReader = '3b03c2da-16b3-4a49-8834-0f8130efdd3b'
var microsoftSentinelResponder = '3e150937-b8fe-4cfb-8069-0eaf05ecd056'

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource appAsks 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(workspace.id, principalId, logAnalyticsDataReader)
  scope: workspace
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', logAnalyticsDataReader)
  }
}

resource appOpensIncidents 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (incidents) {
  name: guid(workspace.id, principalId, microsoftSentinelResponder)
  scope: workspace
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', microsoftSentinelResponder)
  }
}

@description('The id by which the workspace is queried.')
output customerId string = workspace.properties.customerId

@description('The region of the workspace.')
output location string = workspace.location
