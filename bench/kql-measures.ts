// What a measuring process says to the one that started it.

/** Queries by the hunt's name. */
export type Hunts = Readonly<Record<string, string>>;

export type Measured =
  | { readonly kind: "stored" }
  | {
      readonly kind: "hunts";
      readonly hunts: readonly {
        readonly slug: string;
        readonly rows: number;
        /** The engine's answer and that of the SQL beside it are the same. */
        readonly equal: boolean;
        /** Milliseconds, the best of several. */
        readonly ours: number;
        readonly byHand: number;
      }[];
    }
  | {
      readonly kind: "compiles";
      /** Milliseconds for a text that is new to the engine, and for one that it has parsed before. */
      readonly compiles: readonly { readonly slug: string; readonly ms: number; readonly againMs: number }[];
    }
  /** At the peak, with Node and the parser. */
  | { readonly kind: "memory"; readonly megabytes: number }
  | {
      readonly kind: "first";
      /** The machine's clock in nanoseconds, as process.hrtime reads it. */
      readonly at: string;
    }
  | { readonly kind: "loading"; readonly rows: number; readonly seconds: number; readonly cpuSeconds: number };
