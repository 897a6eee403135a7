// What every app on this library pays: one function that does nothing.
import { app } from "@azure/functions";

app.http("empty", { methods: ["GET"], authLevel: "function", handler: async () => ({ status: 204 }) });
