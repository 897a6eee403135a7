metadata description = 'Who is told when the app itself fails, and the queries to look into it. Everything is asked of the logs, not of the app.'

@description('The start of the names of the alarms.')
param name string

@description('The region of the workspace that is asked.')
param location string

@description('Tags for every resource.')
param tags object

@description('The resource id of the workspace that holds what the app tells about itself.')
param workspaceResourceId string

@description('The resource id of the app\'s Application Insights component.')
param componentId string

@description('Where a mail is sent.')
param email string

@description('More action groups to call, by resource id.')
param otherActionGroups string[]

@description('How long no hunt may complete a run: three periods of the hunts.')
param longestSilence string

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'huntrespond'
    emailReceivers: [
      {
        name: 'responders'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

var alarms = [
  {
    key: 'silent'
    title: 'Entra Hunt Responder: no hunt has completed a run'
    severity: 1
    every: 'PT10M'
    over: longestSilence
    operator: 'LessThan'
    threshold: 1
    query: loadTextContent('../queries/no-completed-run.kql')
  }
  {
    key: 'failed'
    title: 'Entra Hunt Responder: runs fail'
    severity: 2
    every: 'PT15M'
    over: 'PT30M'
    operator: 'GreaterThan'
    threshold: 1
    query: loadTextContent('../queries/failed-runs.kql')
  }
  {
    key: 'undelivered'
    title: 'Entra Hunt Responder: something could not be delivered'
    severity: 1
    every: 'PT15M'
    over: 'PT15M'
    operator: 'GreaterThan'
    threshold: 0
    query: loadTextContent('../queries/dead-letters.kql')
  }
  {
    key: 'stale'
    title: 'Entra Hunt Responder: a table is silent or a hunt is overdue'
    severity: 2
    every: 'PT15M'
    over: 'PT30M'
    operator: 'GreaterThan'
    threshold: 0
    query: loadTextContent('../queries/stale-tables.kql')
  }
  {
    key: 'throttled'
    title: 'Entra Hunt Responder: services ask it to slow down'
    severity: 3
    every: 'PT1H'
    over: 'PT1H'
    operator: 'GreaterThan'
    threshold: 3
    query: loadTextContent('../queries/throttling.kql')
  }
]

resource rules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alarm in alarms: {
    name: 'alarm-${name}-${alarm.key}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: alarm.title
      severity: alarm.severity
      enabled: true
      evaluationFrequency: alarm.every
      windowSize: alarm.over
      scopes: [
        workspaceResourceId
      ]
      criteria: {
        allOf: [
          {
            query: replace(alarm.query, '{component}', componentId)
            timeAggregation: 'Count'
            operator: alarm.operator
            threshold: alarm.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      autoMitigate: true
      // The tables come into being with the first event, which is after this.
      skipQueryValidation: true
      actions: {
        actionGroups: concat([people.id], otherActionGroups)
      }
    }
  }
]

var savedQueries = [
  {
    key: 'runs'
    title: 'Hunt responder: runs of the last day'
    about: 'What each run looked at, what it found, how long it took and how late the logs were.'
    body: loadTextContent('../queries/runs.kql')
  }
  {
    key: 'findings'
    title: 'Hunt responder: findings per day'
    about: 'What the hunts found in the last two weeks, per day and level.'
    body: loadTextContent('../queries/findings.kql')
  }
  {
    key: 'trouble'
    title: 'Hunt responder: trouble'
    about: 'Everything that went wrong in the last week.'
    body: loadTextContent('../queries/trouble.kql')
  }
  {
    key: 'response'
    title: 'Hunt responder: what was done to accounts'
    about: 'Decisions, orders, the stop switch and whether it was enough, in the last month.'
    body: loadTextContent('../queries/response.kql')
  }
  {
    key: 'incidents'
    title: 'Hunt responder: incidents'
    about: 'The incidents that the app opened in the last month, as they stand.'
    body: loadTextContent('../queries/incidents.kql')
  }
]

resource pack 'Microsoft.OperationalInsights/queryPacks@2023-09-01' = {
  name: 'qp-${name}'
  location: location
  tags: tags
  properties: {}
}

resource queries 'Microsoft.OperationalInsights/queryPacks/queries@2023-09-01' = [
  for saved in savedQueries: {
    parent: pack
    name: guid(pack.id, saved.key)
    properties: {
      displayName: saved.title
      description: saved.about
      body: replace(saved.body, '{component}', componentId)
      related: {
        categories: [
          'security'
        ]
        resourceTypes: [
          'microsoft.operationalinsights/workspaces'
        ]
      }
    }
  }
]
