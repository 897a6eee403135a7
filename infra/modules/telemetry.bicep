metadata description = 'Where the app and the platform say how they are: Application Insights over a workspace, without keys.'

@description('The name of the component.')
param name string

@description('The region.')
param location string

@description('Tags for every resource.')
param tags object

@description('The resource id of the workspace that holds what is told.')
param workspaceResourceId string

@description('The object id of the app\'s identity.')
param principalId string

var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

resource component 'Microsoft.Insights/components@2020-02-02' = {
  name: name
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    DisableLocalAuth: true
    IngestionMode: 'LogAnalytics'
    WorkspaceResourceId: workspaceResourceId
  }
}

resource appTells 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(component.id, principalId, monitoringMetricsPublisher)
  scope: component
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringMetricsPublisher)
  }
}

@description('The resource id of the component.')
output id string = component.id

@description('The name of the component.')
output name string = component.name
