// Generic classes of the parser's runtime are made when first used, one for each type of element. These forms of some of
// their functions take their place as the class is made, and give what the originals give.

import { asKey, functionPrint } from "./parser-stand-ins.ts";

// biome-ignore lint/suspicious/noExplicitAny: the inside of a library without types
type Foreign = any;

/** The parts of a class before it is made, its type arguments, and the original to fall back to. */
type Form = (args: readonly Foreign[], original: Foreign) => Foreign;

interface StandIn {
  readonly generic: string;
  readonly part: "methods" | "ctors";
  readonly name: string;
  /** Of the function that it stands in for. */
  readonly print: number;
  readonly form: Form;
}

/** To be called once, between the runtime and what runs on it. */
export function hastenCollections(bridge: Foreign, system: Foreign): void {
  const standIns = new Map<string, StandIn[]>();
  for (const one of [
    ...lists(bridge),
    ...dictionaries(bridge),
    ...sets(bridge, system),
    ...pools,
    ...syntaxLists(system),
    ...elements,
  ]) {
    standIns.set(one.generic, [...(standIns.get(one.generic) ?? []), one]);
  }
  const { define } = bridge;
  bridge.define = (name: string, scope: Foreign, body: Foreign, made: Foreign): Foreign => {
    const parts = typeof body === "object" ? body : scope;
    for (const { part, name: member, print, form } of standIns.get(made?.fn?.$$name ?? name) ?? []) {
      const original = parts[part]?.[member];
      if (original && functionPrint(original) === print) parts[part][member] = form(made?.args ?? [], original);
    }
    const plain = typeof parts === "object" && !(parts.ctors?.init || parts.config || parts.$config);
    const type = define.call(bridge, name, scope, body, made);
    if (plain) withoutDetour(type);
    giveOwnInitialize(bridge, type);
    return type;
  };
}

/** A class that has nothing to set before its constructor runs calls its base for that, and so on; here the one that has. */
function withoutDetour(type: Foreign): void {
  const own = type?.prototype;
  if (own && Object.hasOwn(own, "$initMembers") && type.$base?.$initMembers) own.$initMembers = type.$base.$initMembers;
}

/**
 * What every constructor begins with, its own and those of its bases: the fields that a class starts with, once for each
 * object. One function for all classes has to look up everything anew; here each class has one, written for it when first used.
 */
function giveOwnInitialize(bridge: Foreign, type: Foreign): void {
  const own = type?.prototype;
  const common = bridge.Class._initialize;
  if (!own || !Object.hasOwn(own, "$initialize") || own.$initialize !== common) return;
  own.$initialize = function initialize(this: Foreign) {
    if (Object.getPrototypeOf(this) !== own) return common.call(this);
    const parts = ["$staticInit", "$initMembers"].filter((part) => this[part]).map((part) => `this.${part}();`);
    own.$initialize = new Function(`if (this.$init) return; this.$init = {}; ${parts.join(" ")}`);
    own.$initialize.call(this);
  };
}

const lists = (bridge: Foreign): readonly StandIn[] => [
  {
    generic: "System.Collections.Generic.List$1",
    part: "methods",
    name: "clear",
    print: 622_576_306,
    form([type], original) {
      let empty: Foreign;
      return function clear(this: Foreign) {
        empty ??= { value: bridge.getDefaultValue(type) };
        // Of a value type every element gets one of its own.
        if (isObject(empty.value)) return original.call(this);
        if (this._size > 0) this._items.fill(empty.value, 0, this._size);
        this._size = 0;
        this._version = (this._version + 1) | 0;
      };
    },
  },
];

const dictionaries = (bridge: Foreign): readonly StandIn[] => [
  {
    generic: "System.Collections.Generic.Dictionary$2",
    part: "methods",
    name: "clear",
    print: 3_908_453_252,
    form([keyType, type], original) {
      let empty: Foreign;
      return function emptyOut(this: Foreign) {
        if (this.count === 0) return;
        empty ??= { key: bridge.getDefaultValue(keyType), value: bridge.getDefaultValue(type) };
        // Of a value type every entry gets one of its own.
        if (isObject(empty.key) || isObject(empty.value)) return original.call(this);
        this.buckets.fill(-1);
        if (this.isSimpleKey) this.simpleBuckets = {};
        for (let i = 0; i < this.count; i++) {
          const entry = this.entries[i];
          entry.hashCode = 0;
          entry.next = 0;
          entry.key = empty.key;
          entry.value = empty.value;
        }
        this.freeList = -1;
        this.count = 0;
        this.freeCount = 0;
        this.version = (this.version + 1) | 0;
      };
    },
  },
  {
    generic: "System.Collections.Generic.Dictionary$2",
    part: "methods",
    name: "tryGetValue",
    print: 961_719_395,
    form([, type]) {
      let nothing: Foreign;
      return function lookUp(this: Foreign, key: Foreign, found: Foreign) {
        const at = this.FindEntry(key);
        if (at >= 0) {
          found.v = this.entries[at].value;
          return true;
        }
        nothing ??= { value: bridge.getDefaultValue(type) };
        found.v = isObject(nothing.value) ? bridge.getDefaultValue(type) : nothing.value;
        return false;
      };
    },
  },
];

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

const sets = (bridge: Foreign, system: Foreign): readonly StandIn[] => [
  {
    generic: "System.Collections.Generic.HashSet$1",
    part: "methods",
    name: "contains",
    print: 934_521_782,
    form: (_, original) =>
      function contains(this: Foreign, item: Foreign) {
        return this._count > 0 && original.call(this, item);
      },
  },
  {
    generic: "System.Collections.Generic.HashSet$1",
    part: "methods",
    name: "InternalGetHashCode",
    print: 1_542_544_297,
    form([type]) {
      const comparer = "System$Collections$Generic$IEqualityComparer$1$";
      const own = asKey(`${comparer}${bridge.getTypeAlias(type)}$getHashCode2`);
      const any = `${comparer}getHashCode2`;
      let mask: number | undefined;
      return function hash(this: Foreign, item: Foreign) {
        if (item === null || item === undefined) return 0;
        mask ??= system.Collections.Generic.HashSet$1(type).Lower31BitMask as number;
        return this._comparer[bridge.geti(this._comparer, own, any)](item) & mask;
      };
    },
  },
];

/** Pools of lists for reuse, written for many threads, of which there is one. */
const pools: readonly StandIn[] = [
  {
    generic: "Kusto.Language.Utils.ObjectPool$1",
    part: "methods",
    name: "AllocateFromPool",
    print: 1_231_001_917,
    form: () =>
      function allocate(this: Foreign) {
        const { items } = this;
        for (let i = 0; i < items.length; i++) {
          const item = items[i];
          if (item === null || item === undefined) continue;
          items[i] = null;
          return item;
        }
        return this.creator();
      },
  },
  {
    generic: "Kusto.Language.Utils.ObjectPool$1",
    part: "methods",
    name: "ReturnToPool",
    print: 40_342_536,
    form: () =>
      function giveBack(this: Foreign, item: Foreign) {
        this.resetter(item);
        const { items } = this;
        for (let i = 0; i < items.length; i++) {
          if (items[i] !== null && items[i] !== undefined) continue;
          items[i] = item;
          return;
        }
      },
  },
];

/** Lists of the syntax tree are made of lists of the parser, which it copies element by element. */
const syntaxLists = (system: Foreign): readonly StandIn[] => [
  {
    generic: "Kusto.Language.Syntax.SyntaxList$1",
    part: "ctors",
    name: "$ctor1",
    print: 2_303_071_569,
    form: ([type], original) =>
      function make(this: Foreign, elements: Foreign, diagnostics: Foreign = null) {
        const ofType = system.Collections.Generic.List$1(type);
        if (elements?.constructor !== ofType) return original.call(this, elements, diagnostics);
        this.$initialize();
        this.constructor.$base.constructor.ctor.call(this, elements.ToArray(), diagnostics);
      },
  },
];

/**
 * What elements of the syntax tree are kinds of has no objects of its own, so that whoever calls its constructor has begun
 * the object; and most elements have nothing to complain of.
 */
const elements: readonly StandIn[] = (
  [
    ["SyntaxElement", 1_647_182_077],
    ["SyntaxNode", 2_151_053_509],
    ["SyntaxToken", 2_151_053_509],
    ["Statement", 3_888_381_974],
    ["Expression", 3_888_381_974],
    ["Name", 3_888_381_974],
    ["Clause", 3_888_381_974],
    ["QueryOperator", 3_465_972_857],
    ["NamedExpression", 3_465_972_857],
    ["TypeExpression", 3_465_972_857],
  ] as const
).map(([name, print]) => ({
  generic: `Kusto.Language.Syntax.${name}`,
  part: "ctors",
  name: "ctor",
  print,
  form: () =>
    function element(this: Foreign, diagnostics?: Foreign) {
      if (diagnostics !== null && diagnostics !== undefined) this.SetDiagnostics(diagnostics);
    },
}));
