// npm run faults: every service, every fault that it can give, at the first, a middle and the last call of a run. Prints
// what was lost and what was said; exits 1 on any loss.
import { startAzurite } from "../src/local/azurite.ts";
import { type Faulty, faultCase, faultsOf, isLoss, type Position, undisturbed } from "../test/ledger/fault-case.ts";

const services: readonly Faulty[] = ["logs", "incidents", "cards", "table"];
const positions: readonly Position[] = ["first", "middle", "last"];
const [only] = process.argv.slice(2);

const azurite = await startAzurite();
let losses = 0;
let cases = 0;
try {
  const baseline = await undisturbed(azurite);
  console.log(
    `The undisturbed run calls ${services.map((service) => `${service} ${baseline.calls[service]} times`).join(", ")}.`,
  );
  console.log(
    "Microsoft Graph is not called: nobody is proven to be entered in this run. Acting on accounts has its own tests.\n",
  );
  for (const service of services.filter((each) => only === undefined || each === only)) {
    for (const fault of faultsOf(service)) {
      for (const position of positions) {
        const result = await faultCase(azurite, baseline, service, fault, position);
        const loss = isLoss(result);
        cases += 1;
        if (loss) losses += 1;
        const wrong = [
          ...result.lost.map((each) => `lost ${each}`),
          ...result.doubledIncidents.map((each) => `doubled ${each}`),
          ...(result.doubledCards > 0 ? [`${result.doubledCards} card said twice`] : []),
          ...(result.settled ? [] : ["not settled"]),
          ...(result.said === "" && !result.passing ? ["the run said nothing of it"] : []),
        ].join("; ");
        console.log(
          `${loss ? "LOSS" : "ok  "} ${service.padEnd(9)} ${fault.padEnd(22)} ${position.padEnd(6)} ${wrong || result.said.slice(0, 90) || "a second try was enough"}`,
        );
      }
    }
  }
} finally {
  await azurite.stop();
}
console.log(`\n${cases} cases, ${losses} with a loss.`);
process.exit(losses === 0 ? 0 : 1);
