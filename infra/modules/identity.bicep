metadata description = 'Whom the app is: one user-assigned identity, so that its rights exist before the app first starts.'

@description('The name of the identity.')
param name string

@description('The region.')
param location string

@description('Tags for every resource.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('The resource id of the identity.')
output id string = identity.id

@description('The object id of its service principal, to which rights are given.')
output principalId string = identity.properties.principalId

@description('The client id, by which the app asks for tokens.')
output clientId string = identity.properties.clientId
