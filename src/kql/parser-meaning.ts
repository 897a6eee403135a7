// Faster forms of what the binder asks of columns, nodes and signatures.
import type { StandIns } from "./parser-stand-ins.ts";

// biome-ignore lint/suspicious/noExplicitAny: the inside of a library without types
type Foreign = any;

/** The columns of a table by name, asked of nearly every table that an operator makes. */
export function hastenColumns(bridge: Foreign, { Symbols }: Foreign, { getter }: StandIns): void {
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

/** What every node is asked again and again: its children, what it means and what type that has. */
export function hastenNodes(_: Foreign, { Syntax, Symbols, Binding }: Foreign, { method, getter }: StandIns): void {
  method(
    Binding.Binder.TreeBinder.prototype,
    "VisitChildren",
    4_020_041_480,
    (original) =>
      function (this: Foreign, node: Foreign) {
        if (!node) return original.call(this, node);
        for (let i = 0, count = node.ChildCount; i < count; i++) {
          const child = node.GetChild(i);
          if (child && !child.IsToken) child.Accept$1(this);
        }
      },
  );
  // Types and symbols that stand for nothing but themselves.
  const plain = new Set<Foreign>([
    Symbols.PrimitiveSymbol,
    Symbols.TableSymbol,
    Symbols.ColumnSymbol,
    Symbols.VariableSymbol,
    Symbols.FunctionSymbol,
    Symbols.OperatorSymbol,
    Symbols.DynamicAnySymbol,
    Symbols.DynamicArraySymbol,
    Symbols.DynamicBagSymbol,
  ]);
  getter(
    Syntax.Expression.prototype,
    "ResultType",
    3_679_680_983,
    (original) =>
      function (this: Foreign) {
        const type = this.extendedData?.SemanticInfo?.ResultType;
        return type && plain.has(type.constructor) ? type : original.call(this);
      },
  );
  getter(
    Binding.SemanticInfo.prototype,
    "ReferencedSymbol",
    1_158_627_113,
    (original) =>
      function (this: Foreign) {
        const referenced = this._referencedSymbolOrSignature;
        return referenced && plain.has(referenced.constructor) ? referenced : original.call(this);
      },
  );
}

/** Which of an operator's or built-in function's signatures fit depends on the types of the arguments, and on little else. */
export function hastenSignatures(
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
    argument.constructor !== Syntax.CompoundNamedExpression &&
    argument.constructor !== Syntax.OrderedExpression;
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

  // What was checked once and found right is right for other arguments of the same types and of no other meaning than that.
  const literal = Syntax.LiteralExpression;
  const typesOf = (given: Foreign, types: Foreign): string | undefined => {
    if (given.Count !== types.Count) return undefined;
    let key = "";
    for (let i = 0; i < types.Count; i++) {
      const type = types.getItem(i);
      const number = numberOf(type);
      const argument = given.getItem(i);
      if (number === undefined || !plain(argument) || argument.ResultType !== type) return undefined;
      key += argument.constructor === literal ? ` ${number}l` : ` ${number}`;
    }
    return key;
  };

  const right = new WeakMap<Foreign, Set<string> | null>();
  const rightFor = (signature: Foreign): Set<string> | null => {
    const known = right.get(signature);
    if (known !== undefined) return known;
    let all = built(signature);
    for (let i = 0; all && i < signature.Parameters.Count; i++) {
      all = signature.Parameters.getItem(i).ArgumentKind === Symbols.ArgumentKind.Expression;
    }
    const made = all ? new Set<string>() : null;
    right.set(signature, made);
    return made;
  };
  method(
    Binding.Binder.prototype,
    "CheckSignature",
    657_742_344,
    (original) =>
      function (this: Foreign, signature: Foreign, given: Foreign, types: Foreign, location: Foreign, found: Foreign) {
        const known = rightFor(signature);
        const key = known ? typesOf(given, types) : undefined;
        if (key !== undefined && known?.has(key)) return;
        const before = found.Count;
        original.call(this, signature, given, types, location, found);
        if (key !== undefined && found.Count === before) known?.add(key);
      },
  );

  // So is what an operator gives, where that is a type and no more.
  const { Declared, Common, CommonNonDynamic, Widest } = Symbols.ReturnTypeKind;
  const byTypes = new Set<number>([Declared, Common, CommonNonDynamic, Widest]);
  const operators = new WeakMap<Foreign, Map<number, Foreign>>();
  const operatorIn = (globals: Foreign, kind: number): Foreign => {
    const all = operators.get(globals) ?? new Map<number, Foreign>();
    operators.set(globals, all);
    const operator = all.get(kind) ?? globals.GetOperator(kind);
    if (operator) all.set(kind, operator);
    return operator;
  };
  const results = new WeakMap<Foreign, Map<string, { signature: Foreign; type: Foreign }>>();
  method(
    Binding.Binder.prototype,
    "GetOperatorInfo$1",
    1_112_358_131,
    (original) =>
      function (this: Foreign, kind: number, args: Foreign, types: Foreign, location: Foreign, whole: boolean) {
        const key = typesOf(args, types);
        const operator = key === undefined ? undefined : operatorIn(this._globals, kind);
        if (!operator) return original.call(this, kind, args, types, location, whole);
        const kept = results.get(operator) ?? new Map<string, { signature: Foreign; type: Foreign }>();
        results.set(operator, kept);
        const known = kept.get(`${whole}${key}`);
        if (known) {
          const constant = Binding.Binder.AllAreConstant(args);
          return new Binding.SemanticInfo.$ctor1(known.signature, known.type, null, constant, undefined);
        }
        const info = original.call(this, kind, args, types, location, whole);
        const { _referencedSymbolOrSignature: signature, ResultType: type } = info;
        const isType = numberOf(type) !== undefined && type !== Symbols.ScalarTypes.Dynamic;
        const isSignature = signature?.constructor === Symbols.Signature;
        if (
          isType &&
          isSignature &&
          rightFor(signature) &&
          byTypes.has(signature.ReturnKind) &&
          info.Diagnostics.Count === 0
        ) {
          kept.set(`${whole}${key}`, { signature, type });
        }
        return info;
      },
  );
}
