// Faster forms of what Microsoft's parser and binder do far more often than they need to. Each stands in for one function
// of one published version and gives what that gives: a function that reads otherwise is left as it is.

import { functionPrint } from "./function-print.ts";

// biome-ignore lint/suspicious/noExplicitAny: the inside of a library without types
type Foreign = any;

/**
 * To be called once, when the parser is there and before it is used. Gives the names of the functions that were not what
 * they are known to be and were left alone.
 */
export function hastenBinder(bridge: Foreign, language: Foreign): readonly string[] {
  const left: string[] = [];
  const standIns: StandIns = {
    method(owner, name, print, make) {
      const original = owner?.[name];
      if (typeof original === "function" && functionPrint(original) === print) owner[name] = make(original);
      else left.push(name);
    },
    getter(owner, name, print, make) {
      const original = owner && Object.getOwnPropertyDescriptor(owner, name);
      if (original?.get && functionPrint(original.get) === print) {
        Object.defineProperty(owner, name, { ...original, get: make(original.get) });
      } else left.push(name);
    },
  };
  // By tree, in the order of the text.
  const nodes = new WeakMap<Foreign, readonly Foreign[]>();
  for (const hasten of [hastenTrees, hastenDiagnostics, hastenGrammar, hastenTokens, hastenColumns, hastenSignatures]) {
    try {
      hasten(bridge, language, standIns, nodes);
    } catch {
      left.push(hasten.name);
    }
  }
  return left;
}

interface StandIns {
  method(owner: Foreign, name: string, print: number, make: (original: Foreign) => Foreign): void;
  getter(owner: Foreign, name: string, print: number, make: (original: Foreign) => (this: Foreign) => Foreign): void;
}

/** Every tree is walked from its root after it is parsed, several times, and from its leaves at every name. */
function hastenTrees(
  bridge: Foreign,
  { Syntax, Binding }: Foreign,
  { method, getter }: StandIns,
  nodes: WeakMap<Foreign, readonly Foreign[]>,
): void {
  const element = Syntax.SyntaxElement.prototype;

  // What is above an element is an element or the tree itself, which has nothing above it.
  getter(
    element,
    "Parent",
    109_837_874,
    () =>
      function (this: Foreign) {
        const above = this._parentOrTree;
        return above && above._parentOrTree !== undefined ? above : null;
      },
  );
  getter(
    element,
    "Tree",
    3_529_186_985,
    () =>
      function (this: Foreign) {
        let above = this._parentOrTree;
        while (above && above._parentOrTree !== undefined) above = above._parentOrTree;
        return above ?? null;
      },
  );

  const isNode = (one: Foreign): boolean => bridge.is(one, Syntax.SyntaxNode);
  method(Syntax.SyntaxElement, "WalkElements", 3_354_382_555, (original) => (root: Foreign, ...work: Walk) => {
    if (!root) return original(root, ...work);
    walk(root, everything, ...work);
  });
  method(Syntax.SyntaxElement, "WalkNodes", 3_485_649_055, (original) => (root: Foreign, ...work: Walk) => {
    if (!root) return original(root, ...work);
    walk(root, isNode, ...work);
  });

  // Where each element begins; and in the same walk how deep the tree is and what nodes it has, which is asked next.
  method(
    element,
    "InitializeTriviaStarts",
    3_092_232_864,
    (original) =>
      function (this: Foreign) {
        const tree = this._parentOrTree;
        if (!tree || tree._parentOrTree !== undefined || tree._depth !== -1) return original.call(this);
        const found: Foreign[] = [this];
        let deepest = 1;
        this._triviaStart = this.OffsetInParent | 0;
        const path: Foreign[] = [this];
        const next: number[] = [0];
        for (let at = 0; at >= 0; ) {
          const one = path[at];
          const child = next[at] ?? 0;
          if (child >= one.ChildCount) {
            at -= 1;
            continue;
          }
          next[at] = child + 1;
          const below = one.GetChild(child);
          if (below === null || below === undefined) continue;
          below._triviaStart = (one._triviaStart + below.OffsetInParent) | 0;
          if (below.IsToken) continue;
          found.push(below);
          at += 1;
          path[at] = below;
          next[at] = 0;
          if (at >= deepest) deepest = at + 1;
        }
        tree._depth = deepest;
        nodes.set(tree, found);
      },
  );

  // Only nodes have elements below them, so what is attached to one need not be asked what it is.
  method(
    Syntax.SyntaxNode.prototype,
    "Attach",
    3_314_986_827,
    (original) =>
      function (this: Foreign, type: Foreign, below: Foreign, optional = false) {
        if (!below || below._parentOrTree) return original.call(this, type, below, optional);
        below._parentOrTree = this;
        this.flags |= (below.flags << 16) >> 16;
        return below;
      },
  );

  const data = Syntax.SyntaxElement.ExtendedData;
  method(
    element,
    "GetExtendedData",
    1_287_163_473,
    () =>
      function (this: Foreign, create: boolean) {
        const own = this.extendedData;
        if (own || !create) return own;
        this.extendedData = new data();
        return this.extendedData;
      },
  );

  // Whether a name stands in a command that makes a function is asked of all that is above it. In trees without nodes of the
  // grammar of commands, which are all of a query's, it does not.
  const withCommands = new WeakMap<Foreign, boolean>();
  const inCommands = (location: Foreign): boolean => {
    let tree = location.Tree;
    while (tree?.Original) tree = tree.Original;
    if (!tree) return true;
    const known = withCommands.get(tree);
    if (known !== undefined) return known;
    const found = nodes.get(tree)?.some((node) => node.constructor === Syntax.CustomNode) ?? true;
    withCommands.set(tree, found);
    return found;
  };
  method(
    Binding.Binder,
    "GetCreateFunctionCommandName",
    1_396_798_146,
    (original) => (location: Foreign) => (inCommands(location) ? original(location) : null),
  );
  method(
    Binding.Binder,
    "IsInsideCreateFunctionCommand",
    2_829_879_224,
    (original) => (location: Foreign) => inCommands(location) && original(location),
  );
}

type Walk = [
  before?: ((one: Foreign) => void) | null,
  after?: ((one: Foreign) => void) | null,
  into?: ((one: Foreign) => boolean) | null,
];

const everything = (): boolean => true;

/** An element and what is below it, in the order of the text, without going down the stack. */
function walk(root: Foreign, wanted: (one: Foreign) => boolean, ...[before, after, into]: Walk): void {
  const path: Foreign[] = [root];
  const next: number[] = [0];
  before?.(root);
  for (let at = 0; at >= 0; ) {
    const one = path[at];
    const child = next[at] ?? 0;
    if (child < one.ChildCount && (!into || into(one))) {
      next[at] = child + 1;
      const below = one.GetChild(child);
      if (below === null || below === undefined || !wanted(below)) continue;
      at += 1;
      path[at] = below;
      next[at] = 0;
      before?.(below);
    } else {
      after?.(one);
      at -= 1;
    }
  }
}

/** Most queries have nothing to complain of, which is seen sooner than it is gathered. */
function hastenDiagnostics(
  _: Foreign,
  { Syntax, Diagnostic }: Foreign,
  { method }: StandIns,
  nodes: WeakMap<Foreign, readonly Foreign[]>,
): void {
  const { Syntactic, Semantic } = Syntax.DiagnosticsInclude;
  const marked = Syntax.SyntaxElement.Flags.ContainsDiagnostics;
  const silent = (diagnostics: Foreign): boolean =>
    diagnostics === Diagnostic.NoDiagnostics || diagnostics?.Count === 0;

  /** Complaints about the text are marked all the way up to the root; those about its meaning lie at the nodes. */
  const complains = (root: Foreign): boolean => {
    const tree = root._parentOrTree;
    const found = nodes.get(tree);
    if (!found || tree.Root !== root || root.flags & marked) return true;
    return found.some((node) => {
      const bound = node.extendedData?.SemanticInfo;
      return bound && (bound.Alternates || !silent(bound.Diagnostics));
    });
  };
  method(
    Syntax.SyntaxElement,
    "GatherDiagnostics",
    1_129_102_276,
    (original) => (root: Foreign, diagnostics: Foreign, include: number, cancellation: Foreign) => {
      if (include === (Syntactic | Semantic) && !complains(root)) return;
      original(root, diagnostics, include, cancellation);
    },
  );
}

/**
 * Puts the library's namespaces and classes in order. They are filled one name at a time, some when first asked for, which V8
 * keeps as tables to search; an object that is the prototype of another is laid out to be read. For a process that binds more
 * than a query or two: it takes about a twentieth of a second.
 */
export function settleParser(system: Foreign, language: Foreign): void {
  const seen = new Set<Foreign>();
  const settle = (owner: Foreign, depth: number): void => {
    if (!owner || seen.has(owner)) return;
    seen.add(owner);
    for (const name of Object.getOwnPropertyNames(owner)) {
      if (NOT_MEMBERS.test(name)) continue;
      const member = owner[name];
      if (depth > 0 && (member?.$kind || member?.constructor === Object)) settle(member, depth - 1);
    }
    layOut(owner);
  };
  for (const namespace of ["Syntax", "Symbols", "Binding", "Parsing", "Utils"]) settle(language[namespace], 2);
  seen.add(language.Editor);
  settle(language, 1);
  settle(language.Editor.CompletionHint, 0);
  settle(system, 4);
}

/** What leads from a class to others, or to itself. */
const NOT_MEMBERS = /^(?:caller|callee|arguments|prototype|constructor|ctor|\$.*)$/;

function layOut(owner: Foreign): void {
  const below = Object.create(owner);
  // Reading through the prototype twice is what makes V8 lay it out.
  for (let i = 0; i < 2; i++) void below.unknown;
}

/**
 * A query is parsed by hand-written functions; beside that a grammar of all of KQL is built, a second's work, and put with
 * what was parsed, where an editor would look what may come next. Nobody here does. Commands and what is nested too deeply
 * for the stack are parsed by it, and have it built.
 */
function hastenGrammar(_: Foreign, { KustoCode, Parsing, ParserKind, Editor }: Foreign, { method }: StandIns): void {
  let unused = false;
  method(Parsing.QueryGrammar, "From", 4_053_468_390, (original) => (globals: Foreign) => {
    if (!unused) return original(globals);
    unused = false;
    return { QueryBlock: null };
  });
  method(
    KustoCode,
    "Create",
    1_673_982_785,
    (original) =>
      (text: string, globals: Foreign, ...parsed: readonly Foreign[]) => {
        unused =
          globals?.ParseOptions.ParserKind === ParserKind.Default && KustoCode.GetKind(text) === Editor.CodeKinds.Query;
        try {
          return original(text, globals, ...parsed);
        } finally {
          unused = false;
        }
      },
  );
}

/** Texts of tokens are looked up in a table so that equal ones are one, which equal texts here are anyhow. */
function hastenTokens(_: Foreign, { Parsing }: Foreign, { method }: StandIns): void {
  method(
    Parsing.TokenParser.prototype,
    "GetSubstring",
    2_681_770_101,
    () => (text: string, start: number, length: number) => text.slice(start, start + length),
  );
}

/** The columns of a table by name, asked of nearly every table that an operator makes. */
function hastenColumns(bridge: Foreign, { Symbols }: Foreign, { getter }: StandIns): void {
  const { Array: array, ThrowHelper, ExceptionArgument } = bridge.global.System;
  const mapped = (columns: Foreign): Foreign => {
    const byName = new Map<string, Foreign>();
    for (let i = 0, count = array.getCount(columns, Symbols.ColumnSymbol); i < count; i++) {
      const column = array.getItem(columns, i, Symbols.ColumnSymbol);
      if (!byName.has(column.Name)) byName.set(column.Name, column);
    }
    return {
      tryGetValue(name: string, found: Foreign): boolean {
        if (name === null || name === undefined) ThrowHelper.ThrowArgumentNullException(ExceptionArgument.key);
        const column = byName.get(name);
        found.v = column ?? null;
        return column !== undefined;
      },
    };
  };
  getter(
    Symbols.TableSymbol.prototype,
    "ColumnMap",
    2_907_524_671,
    () =>
      function (this: Foreign) {
        this.lazyColumnMap ??= mapped(this.Columns);
        return this.lazyColumnMap;
      },
  );
}

/** Which of an operator's or built-in function's signatures fit depends on the types of the arguments, and on little else. */
function hastenSignatures(
  _: Foreign,
  { Symbols, Syntax, Binding, GlobalState }: Foreign,
  { method, getter }: StandIns,
): void {
  // Those that come with the language. No database has them, and their arguments have no names.
  const builtIn = new WeakSet<Foreign>();
  const isBuiltIn = (symbol: Foreign): boolean => {
    if (symbol?.constructor !== Symbols.FunctionSymbol) return false;
    if (builtIn.has(symbol)) return true;
    const found = GlobalState.Default.IsBuiltInFunction(symbol) && !symbol.Signatures.getItem(0).Declaration;
    if (found) builtIn.add(symbol);
    return found;
  };
  getter(
    Symbols.Signature.prototype,
    "AllowsNamedArguments",
    646_857_343,
    (original) =>
      function (this: Foreign) {
        return !builtIn.has(this.Symbol) && original.call(this);
      },
  );
  method(
    Binding.Binder.prototype,
    "AllowImplicitArgumentCoercion",
    3_321_018_063,
    (original) =>
      function (this: Foreign, signature: Foreign) {
        const { Symbol: symbol } = signature;
        if (symbol?.constructor === Symbols.OperatorSymbol || isBuiltIn(symbol)) return false;
        return original.call(this, signature);
      },
  );

  const chosen = new WeakMap<Foreign, Map<string, readonly Foreign[]> | null>();
  const numbers = new Map<Foreign, number>();

  /** The types that are the same objects in all queries. */
  const numberOf = (type: Foreign): number | undefined => {
    const known = numbers.get(type);
    if (known !== undefined) return known;
    if (type?.constructor !== Symbols.PrimitiveSymbol && type !== Symbols.ScalarTypes.Dynamic) return undefined;
    numbers.set(type, numbers.size);
    return numbers.size - 1;
  };
  /** No argument changes by what it says which parameter it is for. */
  const plain = (argument: Foreign): boolean =>
    argument.constructor !== Syntax.StarExpression &&
    argument.constructor !== Syntax.SimpleNamedExpression &&
    argument.constructor !== Syntax.CompoundNamedExpression;
  const built = (signature: Foreign): boolean => {
    const { Symbol: symbol, Layout: layout, Parameters: parameters } = signature;
    if (symbol?.constructor !== Symbols.OperatorSymbol && !isBuiltIn(symbol)) return false;
    if (signature.Declaration) return false;
    if (
      layout?.constructor !== Symbols.NonRepeatingParameterLayout &&
      layout?.constructor !== Symbols.BlockRepeatingParameterLayout
    )
      return false;
    for (let i = 0; i < parameters.Count; i++) if (parameters.getItem(i).DefaultValueIndicator) return false;
    return true;
  };
  const keptFor = (signatures: Foreign): Map<string, readonly Foreign[]> | null => {
    const known = chosen.get(signatures);
    if (known !== undefined) return known;
    let all = true;
    for (let i = 0; i < signatures.Count; i++) all &&= built(signatures.getItem(i));
    const made = all ? new Map<string, readonly Foreign[]>() : null;
    chosen.set(signatures, made);
    return made;
  };

  method(
    Binding.Binder.prototype,
    "GetBestMatchingSignatures",
    1_494_716_627,
    (original) =>
      function (this: Foreign, signatures: Foreign, given: Foreign, types: Foreign, result: Foreign, whole = false) {
        const kept =
          typeof signatures?.Count === "number" && signatures.Count > 1 && result.Count === 0
            ? keptFor(signatures)
            : null;
        if (!kept || given.Count !== types.Count) return original.call(this, signatures, given, types, result, whole);
        let key = String(whole);
        for (let i = 0; i < types.Count; i++) {
          const number = numberOf(types.getItem(i));
          if (number === undefined || !plain(given.getItem(i))) {
            return original.call(this, signatures, given, types, result, whole);
          }
          key += ` ${number}`;
        }
        const known = kept.get(key);
        if (known) {
          for (const signature of known) result.add(signature);
          return;
        }
        original.call(this, signatures, given, types, result, whole);
        kept.set(
          key,
          Array.from({ length: result.Count }, (_, i) => result.getItem(i)),
        );
      },
  );
}
