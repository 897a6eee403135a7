// The parser is C# on a runtime for scripts that asks for types and counts by name, anew each time: a third of the time that
// binding a query takes. These forms of five of its functions remember what cannot change, and leave all else to the original.

// biome-ignore lint/suspicious/noExplicitAny: the inside of a library without types
type Foreign = any;

/** To be called once, between the runtime and what runs on it. */
export function hastenRuntime(bridge: Foreign, system: Foreign): void {
  const { is, ref } = bridge;
  const { getCachedType } = bridge.Class;
  const { getCount, getItem } = system.Array;
  const known = new Map<Foreign, Map<Foreign, boolean>>();

  /** Whether an object of a class is of a type: the same for all objects of that class, where the type has no say itself. */
  bridge.is = (value: Foreign, type: Foreign, ignoreOwn?: boolean, allowNull?: boolean): boolean => {
    const made = typeof value === "object" && value !== null && !value.$boxed ? value.constructor : undefined;
    if (!made?.$kind || made.$isArrayEnumerator || typeof type !== "function" || type.$is) {
      return is(value, type, ignoreOwn, allowNull);
    }
    const ofType = known.get(type) ?? put(known, type, new Map<Foreign, boolean>());
    return ofType.get(made) ?? put(ofType, made, Boolean(is(value, type, ignoreOwn, allowNull)));
  };

  const countMethod = memberName(bridge, "ICollection", "getCount");
  const countProperty = memberName(bridge, "ICollection", "Count");
  system.Array.getCount = (list: Foreign, type?: Foreign): number => {
    if (Array.isArray(list)) return list.length;
    if (typeof list !== "object" || list === null || list.$isArray || ArrayBuffer.isView(list))
      return getCount(list, type);
    const method = type && list[countMethod(type)];
    if (typeof method === "function") return method.call(list);
    if (typeof list.System$Collections$ICollection$getCount === "function")
      return list.System$Collections$ICollection$getCount();
    const property = type && list[countProperty(type)];
    return property ?? list.System$Collections$ICollection$Count ?? list.Count ?? getCount(list, type);
  };

  const itemName = memberName(bridge, "IList", "getItem");
  system.Array.getItem = (list: Foreign, index: number, type?: Foreign): Foreign => {
    if (!type) return getItem(list, index, type);
    if (Array.isArray(list)) return list[index];
    const own = list[itemName(type)];
    return typeof own === "function" ? own.call(list, index) : getItem(list, index, type);
  };

  // Generic types are kept in a list that is searched from its beginning; it only ever grows.
  const generics = new Map<Foreign, { readonly byArgument: Map<Foreign, Foreign>; read: number }>();
  bridge.Class.getCachedType = (generic: Foreign, args: ArrayLike<Foreign>): Foreign => {
    if (args.length !== 1) return getCachedType(generic, args);
    const kept = generics.get(generic) ?? put(generics, generic, { byArgument: new Map<Foreign, Foreign>(), read: 0 });
    const cache = generic.$cache as readonly { readonly args: readonly Foreign[] }[];
    for (; kept.read < cache.length; kept.read++) {
      const one = cache[kept.read];
      if (one?.args.length === 1 && !kept.byArgument.has(one.args[0])) kept.byArgument.set(one.args[0], one);
    }
    return kept.byArgument.get(args[0]) ?? null;
  };

  bridge.ref = (owner: Foreign, key?: Foreign): Foreign =>
    typeof key === "string" || typeof key === "number" ? new Reference(owner, key) : ref(owner, key);
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

/** The name under which a class keeps its part of a generic interface. */
function memberName(bridge: Foreign, interfaceName: string, member: string): (type: Foreign) => string {
  const names = new Map<Foreign, string>();
  return (type) =>
    names.get(type) ??
    put(names, type, `System$Collections$Generic$${interfaceName}$1$${bridge.getTypeAlias(type)}$${member}`);
}

function put<K, V>(map: Map<K, V>, key: K, value: V): V {
  map.set(key, value);
  return value;
}
