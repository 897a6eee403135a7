// npm run faults: every service, every fault that it can give, at the first, a middle and the last call of a run. Prints
// what was lost, done and said; exits 1 on any loss. `npm run faults -- graph` asks only the services that begin so.
import { startAzurite } from "../src/local/azurite.ts";
import { faultCase, lossesOf, positionsOf, undisturbed } from "../test/ledger/fault-case.ts";
import { faultsOf, services } from "../test/ledger/fault-kinds.ts";

const [only = ""] = process.argv.slice(2);

const azurite = await startAzurite();
let losses = 0;
let cases = 0;
try {
  const baseline = await undisturbed(azurite);
  console.log(
    `The undisturbed run calls ${services.map((service) => `${service} ${baseline.calls[service]} times`).join(", ")}.\n`,
  );
  for (const service of services.filter((each) => each.startsWith(only))) {
    for (const fault of faultsOf(service)) {
      for (const position of positionsOf(baseline, service)) {
        const result = await faultCase(azurite, baseline, service, fault, position);
        const wrong = lossesOf(result);
        cases += 1;
        if (wrong.length > 0) losses += 1;
        const accounts = [...new Set(Object.values(result.accounts))].join(" and ");
        const seen =
          wrong.join("; ") ||
          (result.doubledCards > 0 ? `${result.doubledCards} card said twice` : result.said.slice(0, 90)) ||
          "a second try was enough";
        console.log(
          `${wrong.length > 0 ? "LOSS" : "ok  "} ${service.padEnd(26)} ${fault.padEnd(21)} ${position.padEnd(6)} accounts ${accounts.padEnd(6)} ${seen}`,
        );
      }
    }
  }
} finally {
  await azurite.stop();
}
console.log(`\n${cases} cases, ${losses} with a loss.`);
process.exit(losses === 0 ? 0 : 1);
