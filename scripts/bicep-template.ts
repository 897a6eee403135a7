// What a template says, in one shape, whether it was read from its source or from the compiler's output.

/** Something that only the deployment knows, as it is written. */
export class Expression {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
export type Value =
  | null
  | boolean
  | number
  | string
  | Expression
  | readonly Value[]
  | { readonly [key: string]: Value };

export interface Resource {
  readonly file: string;
  readonly symbol: string;
  readonly type: string;
  readonly apiVersion: string;
  /** It is only referred to. */
  readonly existing: boolean;
  /** When it is deployed; null is always. */
  readonly condition: string | null;
  readonly body: Value;
}

export interface Parameter {
  readonly name: string;
  readonly secure: boolean;
  readonly description: string | null;
  readonly preset: Value | undefined;
}

export interface Output {
  readonly name: string;
  readonly value: string;
}

export interface Module {
  readonly symbol: string;
  readonly path: string;
  readonly condition: string | null;
  readonly body: Value;
  /** Symbols that its body names: what it waits for. */
  readonly uses: readonly string[];
}

export interface Template {
  readonly file: string;
  readonly parameters: readonly Parameter[];
  readonly resources: readonly Resource[];
  readonly modules: readonly Module[];
  readonly outputs: readonly Output[];
  /** Everything that is written in it, comments left out. */
  readonly text: string;
}

/** The value at that path, or undefined where there is none. */
export function at(value: Value | undefined, ...path: readonly string[]): Value | undefined {
  let here = value;
  for (const key of path) {
    if (typeof here !== "object" || here === null || here instanceof Expression || Array.isArray(here))
      return undefined;
    here = (here as { readonly [key: string]: Value })[key];
  }
  return here;
}

/** How a person would write it, for searching. */
export function written(value: Value | undefined): string {
  if (value instanceof Expression) return value.text;
  if (Array.isArray(value)) return value.map(written).join("\n");
  if (typeof value === "object" && value !== null) {
    return Object.entries(value)
      .map(([key, inner]) => `${key}: ${written(inner)}`)
      .join("\n");
  }
  return String(value);
}
