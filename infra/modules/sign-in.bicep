metadata description = 'Entra sign-in in front of the app, for the people who approve. What is called with a key stays reachable by key.'

@description('The name of the app.')
param appName string

@description('The client id of the app registration by which people sign in.')
param clientId string

@description('The object ids of those who may come in. The app asks again who may approve.')
@minLength(1)
param approvers string[]

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: appName
}

resource signIn 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: {
      enabled: true
      runtimeVersion: '~1'
    }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'RedirectToLoginPage'
      redirectToProvider: 'azureactivedirectory'
      // Each of these asks for a function key. None of them reads who is signed in.
      excludedPaths: [
        '/api/health'
        '/api/campaigns/*'
        '/api/hunts'
        '/api/hunts/*'
        '/api/stop'
      ]
    }
    httpSettings: {
      requireHttps: true
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: clientId
          // The app's managed identity vouches for the registration, so that there is no secret to keep or to renew.
          clientSecretSettingName: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID'
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
        validation: {
          allowedAudiences: [
            clientId
            'api://${clientId}'
          ]
          defaultAuthorizationPolicy: {
            allowedPrincipals: {
              identities: approvers
            }
          }
        }
      }
    }
    login: {
      tokenStore: {
        enabled: false
      }
    }
  }
}

@description('The setting that lets the app believe who the platform says is signed in. Nothing else sets it.')
output trustPrincipalHeader string = 'on'
