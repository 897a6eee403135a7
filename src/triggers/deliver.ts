// What is promised in a partition of the journal and whose time has come: taken into this process's hands, said, and settled.
import { announce } from "../ledger/announce.ts";
import { claim, deliveryId, dueDeliveries, type Held, settle } from "../ledger/deliveries.ts";
import { asThingsAre } from "../ledger/plain-card.ts";
import { carryOut } from "../response/carry-out.ts";
import type { Instant } from "../time.ts";
import { type App, channelsOf } from "./app.ts";
import { responseRulesOf } from "./response-rules.ts";

/** In one go: few enough to be done before others may take them. */
const AT_A_TIME = 40;

export async function deliverFrom(partition: string, app: App, deadline: Instant): Promise<void> {
  const { ports } = app;
  const { journal, clock } = ports;
  for (;;) {
    const due = await dueDeliveries(partition, clock.now(), AT_A_TIME, journal);
    if (due.length === 0 || clock.now() >= deadline) return;
    const mine = new Map((await claim(due, clock.now(), journal)).map((held) => [held.id, held]));
    const heldFor = (id: string): Held | undefined => mine.get(id);
    const actions = [...mine.values()].map(({ action }) => action);
    await carryOut(
      await asThingsAre(actions, responseRulesOf(app), journal),
      "act",
      ports,
      {
        mayStill: (action) => clock.now() < (heldFor(deliveryId(action))?.delivery.notBefore ?? 0),
        keep: async (done) => {
          const results = done.flatMap((each) => {
            const held = heldFor(deliveryId(each.action));
            return held === undefined ? [] : [{ held, done: each }];
          });
          await announce(await settle(results, ports), channelsOf(app), clock.now(), journal);
        },
      },
      { deadline },
    );
    if (mine.size === 0) return;
  }
}
