// What people sign in from.
import type { Cell } from "../../ports.ts";

/** DeviceDetail as Entra writes it; an unregistered device has an empty id. */
export type Device = { readonly deviceId: string; readonly operatingSystem: string; readonly browser: string } & {
  readonly [key: string]: Cell;
};

export const unregistered = (operatingSystem: string, browser: string): Device => ({
  deviceId: "",
  operatingSystem,
  browser,
});

export const registered = (id: string, name: string, operatingSystem: string, browser: string): Device => ({
  deviceId: id,
  displayName: name,
  operatingSystem,
  browser,
  trustType: "Hybrid Azure AD joined",
});

/** Programs and phones with a mail protocol tell nothing of themselves. */
export const noDevice: Device = unregistered("", "");
