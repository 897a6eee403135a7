// Azure loads this: settings -> Azure ports -> the functions. Bad settings stop the app with every fault that there is.
import { register } from "./register.ts";
import { readSettings } from "./settings.ts";
import type { App } from "./triggers/app.ts";
import { triggers } from "./triggers/triggers.ts";

const settings = readSettings();
let opened: Promise<App> | undefined;

/**
 * The services' libraries are loaded with the first invocation: the platform waits for the list of functions, and for
 * nothing else. A try that failed, such as at a hunt's file, is not remembered: the next invocation says again
 * what is wrong.
 */
function open(): Promise<App> {
  opened ??= openApp().catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

async function openApp(): Promise<App> {
  const { azureApp } = await import("./azure-app.ts");
  return azureApp(settings);
}

register(triggers, open);
