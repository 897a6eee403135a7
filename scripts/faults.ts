// npm run faults: every service, every fault that it can give, at the first, a middle and the last call of a run. Prints
// what was lost, done and said; exits 1 on any loss. `npm run faults -- graph` asks only the services that begin so.
import { inTurns } from "../src/ledger/in-turns.ts";
import { startAzurite } from "../src/local/azurite.ts";
import { faultCase, lossesOf, positionsOf, undisturbed } from "../test/ledger/fault-case.ts";
import { faultsOf, services } from "../test/ledger/fault-kinds.ts";

const AT_ONCE = 3;
const [only = ""] = process.argv.slice(2);

const azurite = await startAzurite();
let losses = 0;
let cases = 0;
try {
  const baseline = await undisturbed(azurite);
  console.log(
    `The undisturbed run calls ${services.map((service) => `${service} ${baseline.calls[service]} times`).join(", ")}.\n`,
  );
  const asked = services
    .filter((each) => each.startsWith(only))
    .flatMap((service) =>
      faultsOf(service).flatMap((fault) =>
        positionsOf(baseline, service).map((position) => ({ service, fault, position })),
      ),
    );
  const lines: string[] = [];
  let printed = 0;
  // A case mostly waits, for a service that stalls or for its next try.
  await inTurns([...asked.entries()], AT_ONCE, async ([n, { service, fault, position }]) => {
    const result = await faultCase(azurite, baseline, service, fault, position);
    const wrong = lossesOf(result);
    cases += 1;
    if (wrong.length > 0) losses += 1;
    const accounts = [...new Set(Object.values(result.accounts))].join(" and ");
    const seen =
      wrong.join("; ") ||
      (result.doubledCards > 0 ? `${result.doubledCards} card said twice` : result.said.slice(0, 90)) ||
      "a second try was enough";
    lines[n] =
      `${wrong.length > 0 ? "LOSS" : "ok  "} ${service.padEnd(26)} ${fault.padEnd(21)} ${position.padEnd(6)} accounts ${accounts.padEnd(6)} ${seen}`;
    for (let line = lines[printed]; line !== undefined; line = lines[printed]) {
      console.log(line);
      printed += 1;
    }
  });
} finally {
  await azurite.stop();
}
console.log(`\n${cases} cases, ${losses} with a loss.`);
process.exit(losses === 0 ? 0 : 1);
