#!/usr/bin/env bash
# Grants the app's identity what it needs in Microsoft Graph: only for actions that are switched on, and nothing until --run.
# Whoever runs it needs the role Privileged Role Administrator, and the Azure CLI signed in to the tenant.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: infra/grant-graph-permissions.sh --identity OBJECT_ID [--actions revokeSessions,disableAccount] [--run]

  --identity OBJECT_ID  the object id of the app's identity (azd env get-value AZURE_IDENTITY_PRINCIPAL_ID)
  --actions LIST        the actions of RESPONSE_ACTIONS, with commas; without any, nothing is granted
  --run                 runs the lines; without it they are printed and nothing else happens

What is granted already is left as it is. To take a permission away: az rest --method DELETE on the same address, followed by / and the id of the grant.
TEXT
}

fail() {
  printf '%s\n' "$1" >&2
  usage >&2
  exit 2
}

# The ids are those of Microsoft Graph's app roles, the same in every tenant:
# https://learn.microsoft.com/graph/permissions-reference
grants_for() {
  case "$1" in
    readDirectory)
      echo 'df021288-bdef-4463-88db-98f22de89214 User.Read.All'
      echo '98830695-27a2-44f7-8c18-0c3ebc9698f6 GroupMember.Read.All'
      echo '483bed4a-2ad3-4361-a73b-c83ccdbdc53c RoleManagement.Read.Directory'
      echo 'edb419d6-7edc-42a3-9345-509bfdf5d87c PrivilegedEligibilitySchedule.Read.AzureADGroup'
      ;;
    revokeSessions)
      echo '77f3a031-c388-4f99-b373-dc68676a979e User.RevokeSessions.All'
      ;;
    disableAccount)
      echo '3011c876-62b7-4ada-afa2-506cbbecc68c User.EnableDisableAccount.All'
      ;;
    *)
      fail "There is no action called \"$1\"."
      ;;
  esac
}

identity=''
actions=''
run=false
while [ "$#" -gt 0 ]; do
  case "$1" in
    --identity) identity="${2:-}"; shift ;;
    --actions) actions="${2:-}"; shift ;;
    --run) run=true ;;
    --help | -h) usage; exit 0 ;;
    *) fail "There is no option \"$1\"." ;;
  esac
  [ "$#" -gt 0 ] && shift
done

guid='^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
[[ "$identity" =~ $guid ]] || fail 'Say whom to grant it to: --identity and an object id.'

IFS=',' read -r -a allowed <<<"${actions// /}"
if [ "${#allowed[@]}" -eq 0 ]; then
  echo 'No action is allowed, so the app asks nothing of Microsoft Graph: there is nothing to grant.'
  exit 0
fi

# Whatever is done to an account, it is looked at before: is it protected, does it hold a role?
grants="$(grants_for readDirectory)"
for action in "${allowed[@]}"; do
  more="$(grants_for "$action")"
  grants+=$'\n'"$more"
done

plain='^[A-Za-z0-9_./:=@-]+$'

# Prints a line as it can be pasted, and runs it where that was asked for.
step() {
  local word
  for word in "$@"; do
    if [[ "$word" =~ $plain ]]; then printf '%s ' "$word"; else printf "'%s' " "$word"; fi
  done
  printf '\n'
  if "$run"; then "$@" </dev/null; fi
}

# Microsoft Graph has this application id in every tenant and cloud; its object id is the tenant's own.
graph_app='00000003-0000-0000-c000-000000000000'
granted=''
if "$run"; then
  host="$(az cloud show --query endpoints.microsoftGraphResourceId --output tsv)"
  graph="$(az ad sp show --id "$graph_app" --query id --output tsv)"
  address="${host%/}/v1.0/servicePrincipals/$identity/appRoleAssignments"
  granted="$(az rest --method GET --url "$address" --query 'value[].appRoleId' --output tsv)"
else
  cat <<TEXT
# Nothing is run. GRAPH_HOST is the cloud's Microsoft Graph, GRAPH_ID the object id of its service principal:
#   az cloud show --query endpoints.microsoftGraphResourceId --output tsv
#   az ad sp show --id $graph_app --query id --output tsv
TEXT
  graph='GRAPH_ID'
  address="GRAPH_HOST/v1.0/servicePrincipals/$identity/appRoleAssignments"
fi

failed=0
while read -r role name; do
  if [[ "$granted" == *"$role"* ]]; then
    echo "# $name is granted already."
    continue
  fi
  echo "# $name"
  step az rest --method POST --url "$address" --headers Content-Type=application/json \
    --body "{\"principalId\":\"$identity\",\"resourceId\":\"$graph\",\"appRoleId\":\"$role\"}" || failed=$((failed + 1))
done <<<"$grants"

if [ "$failed" -gt 0 ]; then
  echo "$failed of the grants were not made; see above." >&2
  exit 1
fi
