// The parser is C# on a runtime for scripts that asks for types and counts by name, anew each time: a third of the time that
// binding a query takes. These forms of its functions remember what cannot change, and leave all else to the original.

import { hastenCollections } from "./parser-collections.ts";
import { asKey, functionPrint } from "./parser-stand-ins.ts";

// biome-ignore lint/suspicious/noExplicitAny: the inside of a library without types
type Foreign = any;

/** What is replaced here, by the text it is known by. */
const PRINTS: Readonly<Record<string, number>> = {
  is: 811_903_509,
  ref: 290_549_093,
  getEnumerator: 469_449_392,
  hasValue: 2_600_653_088,
  unbox: 704_772_679,
  referenceEquals: 578_531_189,
  staticEquals: 1_580_886_569,
  getHashCode: 624_069_111,
  property: 2_104_294_734,
  define: 824_191_833,
  getCachedType: 370_449_794,
  getCount: 2_397_140_562,
  getItem: 3_227_835_609,
  init: 2_096_095_393,
  type: 2_562_812_328,
  _initialize: 10_227_274,
};

/**
 * To be called once, between the runtime and what runs on it. False where a function was not what it is known to be; then
 * nothing is changed.
 */
export function hastenRuntime(bridge: Foreign, system: Foreign): boolean {
  const present = { ...bridge, ...bridge.Class, ...system.Array, is: bridge.is, define: bridge.define };
  const known = Object.entries(PRINTS).every(
    ([name, print]) => typeof present[name] === "function" && functionPrint(present[name]) === print,
  );
  if (known) replaceFunctions(bridge, system);
  return known;
}

function replaceFunctions(bridge: Foreign, system: Foreign): void {
  hastenComparisons(bridge);
  hastenCollections(bridge, system);
  hastenProperties(bridge);
  const { is, ref, getEnumerator } = bridge;
  const { getCount, getItem, init, type: arrayType } = system.Array;
  const known = new Map<Foreign, Map<Foreign, boolean>>();

  /** Whether an object of a class is of a type: the same for all objects of that class, where the type has no say itself. */
  bridge.is = (value: Foreign, type: Foreign, ignoreOwn?: boolean, allowNull?: boolean): boolean => {
    // A value type in its box is of no class of the runtime's, and so never kept.
    if (typeof value === "object" && value !== null) {
      const kept = known.get(type)?.get(value.constructor);
      if (kept !== undefined) return kept;
    }
    const made = typeof value === "object" && value !== null && !value.$boxed ? value.constructor : undefined;
    if (!made?.$kind || made.$isArrayEnumerator || typeof type !== "function" || type.$is) {
      return is(value, type, ignoreOwn, allowNull);
    }
    const ofType = known.get(type) ?? put(known, type, new Map<Foreign, boolean>());
    return ofType.get(made) ?? put(ofType, made, Boolean(is(value, type, ignoreOwn, allowNull)));
  };

  const countMethod = memberName(bridge, "ICollection", "getCount");
  const countProperty = memberName(bridge, "ICollection", "Count");
  const counted = new Map<Foreign, Kept>();
  const counting = (list: Foreign, type: Foreign): string | undefined => {
    if (list.$isArray || ArrayBuffer.isView(list) || typeof list[countMethod(type)] === "function") return undefined;
    if (typeof list.System$Collections$ICollection$getCount === "function") return undefined;
    const names = [countProperty(type), "System$Collections$ICollection$Count", "Count"];
    const own = names.find((name) => list[name] !== undefined);
    return own && sameGetter(list, own, "Count") ? "Count" : own;
  };
  system.Array.getCount = (list: Foreign, type?: Foreign): number => {
    if (Array.isArray(list)) return list.length;
    if (typeof list !== "object" || list === null || !type) return getCount(list, type);
    const how = keptFor(counted, list, type, counting);
    if (how === "Count") return list.Count;
    return how === undefined ? getCount(list, type) : list[how];
  };

  const itemName = memberName(bridge, "IList", "getItem");
  const indexed = new Map<Foreign, Kept>();
  const indexing = (list: Foreign, type: Foreign): string | undefined => {
    const own = list[itemName(type)];
    if (typeof own === "function") return own === list.getItem ? "getItem" : itemName(type);
    // The original puts values of value types in boxes then.
    const plain = typeof list.get !== "function" && bridge.getDefaultValue(type) === null;
    return plain && typeof list.getItem === "function" ? "getItem" : undefined;
  };
  system.Array.getItem = (list: Foreign, index: number, type?: Foreign): Foreign => {
    if (!type || typeof list !== "object" || list === null) return getItem(list, index, type);
    if (Array.isArray(list)) return list[index];
    const how = keptFor(indexed, list, type, indexing);
    if (how === "getItem") return list.getItem(index);
    return how === undefined ? getItem(list, index, type) : list[how](index);
  };

  // Generic types are kept in a list that is searched from its beginning; it only ever grows.
  const generics = new Map<Foreign, MadeTypes>();
  bridge.Class.getCachedType = (generic: Foreign, args: ArrayLike<Foreign>): Foreign => {
    const kept = generics.get(generic) ?? put(generics, generic, { byArguments: new Map(), read: 0, last: null });
    const { last } = kept;
    if (last && last.args[0] === args[0] && last.args.length === 1 && args.length === 1) return last;
    const known = madeFor(kept, args) ?? madeFor(readOn(kept, generic.$cache), args);
    if (known) kept.last = known;
    return known;
  };

  // So are the types of arrays.
  const arrayTypes = new Map<Foreign, Foreign>();
  system.Array.type = (element: Foreign, rank?: number, array?: Foreign): Foreign => {
    if (rank && rank !== 1) return arrayType(element, rank, array);
    const type = arrayTypes.get(element) ?? put(arrayTypes, element, arrayType(element, 1));
    if (!array) return type;
    array.$type = type;
    return array;
  };
  system.Array.init = (length: Foreign, value: Foreign, type?: Foreign, plain?: boolean): Foreign =>
    Array.isArray(length) ? system.Array.type(value, type || 1, length) : init(length, value, type, plain);

  const enumeratorName = memberName(bridge, "IEnumerable", "GetEnumerator");
  bridge.getEnumerator = (list: Foreign, name?: Foreign, type?: Foreign): Foreign => {
    if (name === undefined && type === undefined) return getEnumerator(list);
    if (type !== undefined) return getEnumerator(list, name, type);
    const own = typeof name === "function" && typeof list === "object" && list?.[enumeratorName(name)];
    return typeof own === "function" ? own.call(list) : getEnumerator(list, name);
  };

  bridge.ref = (owner: Foreign, key?: Foreign): Foreign =>
    typeof key === "string" || typeof key === "number" ? new Reference(owner, key) : ref(owner, key);
}

/**
 * A property without code of its own is kept in an object beside its object and read through a function, one for all such
 * properties. Here it is simply a property. Classes that give it code keep it where it was.
 */
function hastenProperties(bridge: Foreign): void {
  const { property } = bridge;
  bridge.property = (
    owner: Foreign,
    name: string,
    value: Foreign,
    ofClass: Foreign,
    type: Foreign,
    alias: Foreign,
  ): Foreign => {
    if (ofClass || alias || value?.get || value?.set) return property(owner, name, value, ofClass, type, alias);
    const beside = asKey(`${bridge.getTypeAlias(type)}$${name}`);
    type.$init ??= {};
    Object.defineProperty(owner, name, { value, writable: true, enumerable: true, configurable: true });
    // For other names of the same property, and for classes that give it half of the code that it needs.
    return {
      enumerable: true,
      configurable: true,
      get(this: Foreign) {
        const own = isSimple(this, name) ? this[name] : this.$init[beside];
        return own === undefined ? value : own;
      },
      set(this: Foreign, given: Foreign) {
        if (isSimple(this, name)) this[name] = given;
        else this.$init[beside] = given;
      },
    };
  };
}

function isSimple(object: Foreign, name: string): boolean {
  for (let owner = object; owner; owner = Object.getPrototypeOf(owner)) {
    const found = Object.getOwnPropertyDescriptor(owner, name);
    if (found) return !found.get && !found.set;
  }
  return false;
}

/** Whether something is there and whether two things are one, which the runtime answers by unwrapping both. */
function hastenComparisons(bridge: Foreign): void {
  const { hasValue, unbox, referenceEquals, staticEquals, getHashCode } = bridge;
  /** A value type in its box, or an array, which may have boxes in it. */
  const wrapped = (value: Foreign): boolean => Array.isArray(value) || Boolean(value.$boxed);

  bridge.hasValue = (value: Foreign): boolean => {
    if (value === null || value === undefined) return false;
    return typeof value === "object" && wrapped(value) ? hasValue(value) : true;
  };
  bridge.unbox = (value: Foreign, asItIs?: Foreign): Foreign => {
    if (typeof value !== "object" || value === null) return value;
    return wrapped(value) || (asItIs !== true && value.$clone) ? unbox(value, asItIs) : value;
  };
  bridge.referenceEquals = (a: Foreign, b: Foreign): boolean => {
    if (Array.isArray(a) || Array.isArray(b)) return referenceEquals(a, b);
    return a === b || ((a === null || a === undefined) && (b === null || b === undefined));
  };
  bridge.staticEquals = (a: Foreign, b: Foreign): boolean => {
    if (Array.isArray(a) || Array.isArray(b)) return staticEquals(a, b);
    if (a === null || a === undefined) return b === null || b === undefined;
    return b === null || b === undefined ? false : staticEquals(a, b);
  };

  // The original marks the object for as long as it asks, and takes the mark off again: that makes every later look at it slow.
  const asked = new Set<Foreign>();
  bridge.getHashCode = (value: Foreign, safe?: boolean, deep?: boolean): number => {
    if (typeof value !== "object" || value === null || wrapped(value)) return getHashCode(value, safe, deep);
    if (typeof value.getHashCode !== "function" || value.getHashCode.length > 0) return getHashCode(value, safe, deep);
    // Asked again by its own answer: what every object has then.
    if (asked.has(value)) return value.$$hashCode || marked(value, () => getHashCode(value, safe, deep));
    asked.add(value);
    try {
      return value.getHashCode();
    } finally {
      asked.delete(value);
    }
  };
}

function marked<T>(value: Foreign, work: () => T): T {
  value.__insideHashCode = true;
  try {
    return work();
  } finally {
    delete value.__insideHashCode;
  }
}

/** What `ref` and `out` of C# pass on: the place of a value. */
class Reference {
  readonly #owner: Foreign;
  readonly #key: string | number;
  constructor(owner: Foreign, key: string | number) {
    this.#owner = owner;
    this.#key = key;
  }
  get v(): Foreign {
    return this.#owner[this.#key];
  }
  set v(value: Foreign) {
    this.#owner[this.#key] = value;
  }
}

interface MadeType {
  readonly args: readonly Foreign[];
}

/** By the first argument, the second of those that have it, and so on. */
type ByArguments = Map<Foreign, { made: MadeType | null; more: ByArguments | null }>;

interface MadeTypes {
  readonly byArguments: ByArguments;
  /** How much of the runtime's own list is in there. */
  read: number;
  last: MadeType | null;
}

function madeFor({ byArguments }: MadeTypes, args: ArrayLike<Foreign>): MadeType | null {
  let among: ByArguments | null = byArguments;
  for (let i = 0; among; i++) {
    const found: ReturnType<ByArguments["get"]> = among.get(args[i]);
    if (!found || i === args.length - 1) return found?.made ?? null;
    among = found.more;
  }
  return null;
}

function readOn(kept: MadeTypes, all: readonly MadeType[]): MadeTypes {
  for (; kept.read < all.length; kept.read++) {
    const one = all[kept.read];
    if (!one) continue;
    let among = kept.byArguments;
    for (const [i, argument] of one.args.entries()) {
      const found = among.get(argument) ?? put(among, argument, { made: null, more: null });
      if (i === one.args.length - 1) found.made ??= one;
      else {
        found.more ??= new Map();
        among = found.more;
      }
    }
  }
  return kept;
}

/** What a class was last asked for of a type, and by which of its members it answers; undefined where only the original knows. */
interface Kept {
  type: Foreign;
  member: string | undefined;
}

/** Of a class, not of an object: what its objects answer by lies in their prototype. */
function keptFor(
  all: Map<Foreign, Kept>,
  list: Foreign,
  type: Foreign,
  find: (list: Foreign, type: Foreign) => string | undefined,
): string | undefined {
  const made = list.constructor;
  const kept = all.get(made);
  if (kept !== undefined && kept.type === type) return kept.member;
  const member = made?.$kind ? find(list, type) : undefined;
  if (kept) Object.assign(kept, { type, member });
  else all.set(made, { type, member });
  return member;
}

/** Whether two names of a class stand for one and the same property. */
function sameGetter(list: Foreign, one: string, other: string): boolean {
  const getter = (name: string): Foreign => {
    for (let owner = list; owner; owner = Object.getPrototypeOf(owner)) {
      const found = Object.getOwnPropertyDescriptor(owner, name);
      if (found) return found.get;
    }
    return undefined;
  };
  return getter(one) !== undefined && getter(one) === getter(other);
}

/** The name under which a class keeps its part of a generic interface. */
function memberName(bridge: Foreign, interfaceName: string, member: string): (type: Foreign) => string {
  const names = new Map<Foreign, string>();
  return (type) =>
    names.get(type) ??
    put(names, type, asKey(`System$Collections$Generic$${interfaceName}$1$${bridge.getTypeAlias(type)}$${member}`));
}

function put<K, V>(map: Map<K, V>, key: K, value: V): V {
  map.set(key, value);
  return value;
}
