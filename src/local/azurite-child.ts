// Runs in a process of its own: Azurite's table service, tied to the life of whoever started it. See azurite.ts.
import { subscribe } from "node:diagnostics_channel";
import { enableCompileCache, registerHooks } from "node:module";
import type { AddressInfo, Server } from "node:net";

// Azurite loads Application Insights to report its own use. That is switched off here, and loading it all the same
// would be three quarters of the start: 4.0 s with it, 1.8 s without, 1.1 s with compiled code from the cache.
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "applicationinsights"
      ? { url: "node:path", format: "builtin", shortCircuit: true }
      : next(specifier, context),
});
enableCompileCache();

// Port 0 leaves the choice to the system; Azurite prints the 0, so the port is taken from where Node announces it.
subscribe("tracing:net.server.listen:asyncEnd", (message) => {
  // The channel's message is typed unknown; Node documents `server` as the net.Server that now listens.
  const { server } = message as { readonly server: Server };
  process.send?.({ port: (server.address() as AddressInfo).port });
});

// Azurite closes its store on SIGINT. Losing the channel means that the parent asked for it, or died.
process.once("disconnect", () => process.emit("SIGINT"));

// @ts-expect-error: Azurite has no type declarations.
await import("azurite/dist/src/table/main.js");
