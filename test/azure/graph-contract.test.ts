import { onTestFinished } from "vitest";
import { clouds } from "../../src/azure/clouds.ts";
import { graph } from "../../src/azure/graph.ts";
import { directoryContract, type OpenDirectory } from "../contracts/directory.ts";
import { sessionsContract } from "../contracts/sessions.ts";
import { graphServer } from "./graph-server.ts";
import { fetchThroughLoopback, startLoopback } from "./loopback.ts";
import { aClock, aCredential } from "./test-ports.ts";

const opened: OpenDirectory = async (people) => {
  const clock = aClock();
  const server = graphServer(people, clock.now);
  const loopback = await startLoopback();
  onTestFinished(() => loopback.close());
  loopback.answer(server.answer);
  const ports = graph({
    credential: aCredential(),
    cloud: clouds.public,
    allow: ["readDirectory", "revokeSessions", "disableAccount"],
    clock,
    fetch: fetchThroughLoopback(loopback),
  });
  return { ...ports, now: clock.now, done: async () => new Set(server.done.map(({ call, id }) => `${call} ${id}`)) };
};

directoryContract("Microsoft Graph", opened, { groups: true, history: true });
sessionsContract("Microsoft Graph", opened);
