// The words of --help.
export const huntHelp = `Runs the hunts over sign-in logs and shows what would be told.

  npm run hunt -- [hunts…] [options]

Without options: both hunts over a built-in sample tenant, with last night's
attacks in it. Nothing leaves this machine, and nothing is done to anybody.
A hunt is named (failed-portal-sign-in, single-factor-spray) or is a rule file
of yours (my-rule.yaml).

  --logs DIR          a folder of logs, one file per table, named after it:
                      SigninLogs.ndjson (.json, .csv, .parquet; each also .gz);
                      directory.yaml in it says who holds a role
  --from T, --to T    the period, such as 2026-11-20 or 2026-11-20T22:00:00Z;
                      without them it is the span of the logs. With the sample
                      tenant, --to says when "last night" was
  --set H.NAME=N      a threshold of hunt H for this run (can be repeated)
  --exclusions FILE   your own exclusions (YAML: hunt name -> list)
  --no-exclusions     leave no sign-in out
  --grading FILE      your own lines for the table of what result codes prove
  --tenant-size S     small, large or auto (default: accounts are counted)
  --out DIR           where incidents, cards and full lists go (.local/out)
  --json              one JSON document on standard output, nothing else there
  -h, --help          this text

Exit status: 0 the run was done, found something or not; 1 a hunt failed;
2 wrong use or unreadable input.

Examples:
  npm run hunt
  npm run hunt -- single-factor-spray --set single-factor-spray.users=20
  npm run hunt -- --logs ./exports --from 2026-11-20 --to 2026-11-21 --json
`;

export const kqlHelp = `Runs KQL on the embedded engine.

  npm run kql -- [options] 'QUERY'
  npm run kql -- [options] --file QUERY.kql
  npm run kql -- [options] --batch CASES.ndjson

  --logs DIR          a folder of logs, as for \`npm run hunt\`; without it the
                      sample tenant (with --batch: empty tables)
  --from T, --to T    restrict TimeGenerated of every table, as the service does
  --watchlists DIR    CSV files for _GetWatchlist('name')
  --file FILE         read the query from a file
  --batch FILE        one JSON line {"id","kql"} in, one out for each:
                      {"id","columns":[{"name","type"}],"rows":[[…]]} or
                      {"id","error":{"code","message","line","column"}}
  --json              {"columns":[{"name","type"}],"rows":[[…]],"warnings":[]}
  -h, --help          this text

Exit status: 0 the query ran (a batch: every line was answered); 1 it failed;
2 wrong use or unreadable input.

Examples:
  npm run kql -- 'SigninLogs | summarize n = count() by ResultType | top 5 by n'
  npm run kql -- --logs ./exports --file my-hunt.kql --json
`;

export const checkHelp = `Checks rule files in Microsoft Sentinel's YAML format, ours or anyone's.

  npm run hunts:check -- [files or folders…]      (without: our own hunts)

For each file: can it be read, does its query bind against the table schemas,
can exclusions be applied, can it be asked about the past (ago(), now()), and
does the embedded engine run it.

  --json              one JSON document on standard output
  -h, --help          this text

Exit status: 1 if a file cannot be read or its query does not bind; a refusal
by the embedded engine alone is a note. 2 wrong use.
`;

export const generalHelp = `Entra Hunt Responder: hunts password attacks in Microsoft Entra ID sign-in logs.

  npm run hunt          run the hunts over logs or the sample tenant
  npm run kql           run KQL on the embedded engine
  npm run hunts:check   check rule files

Each takes --help after two dashes: npm run hunt -- --help
`;
