// What a measuring process says to the one that started it.

/** Queries by the hunt's name. */
export type Hunts = Readonly<Record<string, string>>;

export type Measured =
  | { readonly kind: "stored" }
  | {
      readonly kind: "hunts";
      readonly megabytes: number;
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
  | { readonly kind: "compiles"; readonly compiles: readonly { readonly slug: string; readonly ms: number }[] }
  | { readonly kind: "first"; readonly ms: number }
  | { readonly kind: "loading"; readonly rows: number; readonly seconds: number; readonly megabytes: number };
