// Faster forms of what the parser does with a query's text and the tree that it makes of it.
import { asKey, type StandIns } from "./parser-stand-ins.ts";

// biome-ignore lint/suspicious/noExplicitAny: the inside of a library without types
type Foreign = any;

/** Every tree is walked from its root after it is parsed, several times, and from its leaves at every name. */
export function hastenTrees(
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

  const widthOfNode = Syntax.SyntaxNode.prototype.ComputeFullWidth;
  const isNode = (one: Foreign): boolean => bridge.is(one, Syntax.SyntaxNode);
  method(Syntax.SyntaxElement, "WalkElements", 3_354_382_555, (original) => (root: Foreign, ...work: Walk) => {
    if (!root) return original(root, ...work);
    walk(root, everything, ...work);
  });
  method(Syntax.SyntaxElement, "WalkNodes", 3_485_649_055, (original) => (root: Foreign, ...work: Walk) => {
    if (!root) return original(root, ...work);
    walk(root, isNode, ...work);
  });

  // Whether any tree has had nodes of the grammar of commands.
  const seen = { commands: false };

  // Where each element begins; and in the same walk how deep the tree is and what nodes it has, which is asked next.
  method(
    element,
    "InitializeTriviaStarts",
    3_092_232_864,
    (original) =>
      function (this: Foreign) {
        const tree = this._parentOrTree;
        if (!tree || tree._parentOrTree !== undefined || tree._depth !== -1) {
          seen.commands = true;
          return original.call(this);
        }
        const found: Foreign[] = [this];
        if (this.constructor === Syntax.CustomNode) seen.commands = true;
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
          if (below.constructor === Syntax.CustomNode) seen.commands = true;
          at += 1;
          path[at] = below;
          next[at] = 0;
          if (at >= deepest) deepest = at + 1;
        }
        tree._depth = deepest;
        nodes.set(tree, found);
      },
  );

  // Where the elements of a node begin and how wide all of them are come from the same sums.
  method(
    Syntax.SyntaxNode.prototype,
    "Init",
    3_741_312_933,
    (original) =>
      function (this: Foreign) {
        if (this.ComputeFullWidth !== widthOfNode) return original.call(this);
        let width = 0;
        for (let i = 0, count = this.ChildCount; i < count; i++) {
          const child = this.GetChild(i);
          if (child === null || child === undefined) continue;
          child.OffsetInParent = width;
          child.IndexInParent = i;
          width = (width + child.FullWidth) | 0;
        }
        this.fullWidth = width;
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
    if (!seen.commands) return false;
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
export function hastenDiagnostics(
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
 * A query is parsed by hand-written functions; beside that a grammar of all of KQL is built, a second's work, and put with
 * what was parsed, where an editor would look what may come next. Nobody here does. Commands and what is nested too deeply
 * for the stack are parsed by it, and have it built.
 */
export function hastenGrammar(
  _: Foreign,
  { KustoCode, Parsing, ParserKind, Editor }: Foreign,
  { method }: StandIns,
): void {
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

/** Longer ones are texts of the query's own, and hardly come again. */
const LONGEST_KEPT = 40;
const MOST_KEPT = 4000;

/**
 * The library looks texts of tokens up in a table, letter by letter, so that equal ones are one. Names are looked up by again
 * and again; one that V8 knows as the name of a property is found at once.
 */
export function hastenTokens(_: Foreign, { Parsing }: Foreign, { method }: StandIns): void {
  const kept = new Map<string, string>();
  method(
    Parsing.TokenParser.prototype,
    "GetSubstring",
    2_681_770_101,
    () => (text: string, start: number, length: number) => {
      const made = text.slice(start, start + length);
      if (length > LONGEST_KEPT) return made;
      const known = kept.get(made);
      if (known !== undefined) return known;
      if (kept.size >= MOST_KEPT) kept.clear();
      const key = asKey(made);
      kept.set(key, key);
      return key;
    },
  );
}
