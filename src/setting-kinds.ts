// The kinds of value that a setting can have: how each is written, and how it is read.
import { type Cloud, cloudNamed } from "./azure/clouds.ts";
import { Problem } from "./problems.ts";
import { readSchedule, type Schedule } from "./schedule.ts";
import { type Duration, formatDuration, parseDuration } from "./time.ts";

export type Read<T> = { readonly value: T } | { readonly fault: string; readonly advice: string };

export interface Kind<T> {
  /** How a value is written, for a person: "a duration, from 5m to 10m". */
  readonly form: string;
  /** Where only certain values are allowed, all of them. */
  readonly allowed?: readonly string[];
  read(text: string): Read<T>;
}

const kind = <T>(form: string, read: (text: string) => T | undefined, more: { allowed?: readonly string[] } = {}) => ({
  form,
  ...more,
  read: (text: string): Read<T> => {
    const value = read(text);
    return value === undefined ? { fault: `is not ${form}`, advice: `Write ${form}.` } : { value };
  },
});

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NOBODY = /^[0-]+$/;

/** Lower case; the all-zero one is what the examples hold, and nobody's. */
export const guid: Kind<string> = kind("a GUID of your own, not all zeros", (text) =>
  GUID.test(text) && !NOBODY.test(text) ? text.toLowerCase() : undefined,
);

export const matching = (form: string, pattern: RegExp): Kind<string> =>
  kind(form, (text) => (pattern.test(text) ? text : undefined));

export const choice = <const T extends string>(...allowed: readonly T[]): Kind<T> =>
  kind(`one of ${allowed.join(", ")}`, (text) => allowed.find((one) => one === text), { allowed });

// Bicep writes a boolean as "True" or "False".
const ON_OFF: ReadonlyMap<string, boolean> = new Map([
  ["on", true],
  ["true", true],
  ["off", false],
  ["false", false],
]);
export const onOff: Kind<boolean> = kind("on or off", (text) => ON_OFF.get(text.toLowerCase()), {
  allowed: ["on", "off"],
});

/** A cloud with all of its hosts. */
export const cloud: Kind<Cloud> = {
  form: "public or usgov",
  allowed: ["public", "usgov"],
  read: (text) => {
    try {
      return { value: cloudNamed(text === "usgov" ? "usGovernment" : text) };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { fault: `is refused: ${error.message}`, advice: error.advice };
    }
  },
};

export const whole = (from: number, to: number, unit = ""): Kind<number> =>
  kind(`a whole number ${unit && `of ${unit} `}from ${from} to ${to}`, (text) => {
    const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
    return value >= from && value <= to ? value : undefined;
  });

export const length = (from: Duration, to: Duration): Kind<Duration> =>
  kind(`a duration from ${formatDuration(from)} to ${formatDuration(to)}, such as 90s, 10m, 4h or 14d`, (text) => {
    const value = parseDuration(text);
    return value !== undefined && value >= from && value <= to ? value : undefined;
  });

/** When a timer wakes; always UTC. */
export const schedule: Kind<Schedule> = {
  form: "a timer schedule of six fields in UTC (second, minute, hour, day, month, day of the week), such as 0 */10 * * * *",
  read: (text) => {
    const read = readSchedule(text);
    return "fault" in read
      ? { fault: read.fault, advice: 'Write six fields in UTC, such as "0 */10 * * * *" for every ten minutes.' }
      : { value: read };
  },
};

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** True for addresses of this machine: the only ones that may be spoken to without TLS. */
export const isLoopback = (url: string): boolean => LOOPBACK.test(new URL(url).hostname);

function readUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== "" || url.password !== "") return undefined;
  if (url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.test(url.hostname))) return url;
  return undefined;
}

/** Scheme and host without a path or an ending slash; a bare host name is taken to be https. */
export const origin: Kind<string> = kind("an https address without a path", (text) => {
  const url = readUrl(text.includes("://") ? text : `https://${text}`);
  return url?.pathname === "/" && url.search === "" && url.hash === "" ? url.origin : undefined;
});

/** The address of a storage service; a path is allowed, as local emulators have one. */
export const serviceUri: Kind<string> = kind("the https address of a storage service, without a signature", (text) => {
  const url = readUrl(text);
  return url?.search === "" && url.hash === "" ? text.replace(/\/+$/, "") : undefined;
});

/** An address that is called as it stands, query and all. */
export const webhook: Kind<string> = kind("an https address, whole and with its signature", (text) => {
  const url = readUrl(text);
  return url === undefined ? undefined : text;
});

/** Several values with commas between them, each once; none is an empty list. */
export const list = <T>(of: Kind<T>): Kind<readonly T[]> => ({
  form: `a list with commas, each ${of.form}`,
  ...(of.allowed === undefined ? {} : { allowed: of.allowed }),
  read: (text) => {
    const values: T[] = [];
    for (const part of partsOf(text)) {
      const read = of.read(part);
      if ("fault" in read) return { ...read, fault: `has a part that ${read.fault}` };
      if (!values.includes(read.value)) values.push(read.value);
    }
    return { value: values };
  },
});

/** `name=value` pairs with commas between them. */
export const choicePerName = <const T extends string>(
  ...allowed: readonly T[]
): Kind<Readonly<Partial<Record<string, T>>>> => {
  const form = `a list with commas of name=${allowed.join("|")}`;
  return kind(
    form,
    (text) => {
      const values = new Map<string, T>();
      for (const part of partsOf(text)) {
        const [name = "", value = "", ...rest] = part.split("=").map((side) => side.trim());
        const known = allowed.find((one) => one === value);
        if (known === undefined || rest.length > 0 || !NAME.test(name) || values.has(name)) return undefined;
        values.set(name, known);
      }
      return Object.fromEntries(values);
    },
    { allowed },
  );
};

const NAME = /^[a-z0-9][a-z0-9-]*$/;
export const huntName: Kind<string> = matching("the name of a hunt, which is its file's without the ending", NAME);

const partsOf = (text: string): readonly string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
