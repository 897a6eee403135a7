// Faster forms of what Microsoft's parser and binder do far more often than they need to. Each stands in for one function
// of one published version and gives what that gives: a function that reads otherwise is left as it is.

import { hastenColumns, hastenNodes, hastenSignatures } from "./parser-meaning.ts";
import { standInsFor } from "./parser-stand-ins.ts";
import { hastenDiagnostics, hastenGrammar, hastenTokens, hastenTrees } from "./parser-syntax.ts";

// biome-ignore lint/suspicious/noExplicitAny: the inside of a library without types
type Foreign = any;

/**
 * To be called once, when the parser is there and before it is used. Gives the names of the functions that were not what
 * they are known to be and were left alone.
 */
export function hastenBinder(bridge: Foreign, language: Foreign): readonly string[] {
  const left: string[] = [];
  const standIns = standInsFor(left);
  // By tree, in the order of the text.
  const nodes = new WeakMap<Foreign, readonly Foreign[]>();
  for (const hasten of [
    hastenTrees,
    hastenDiagnostics,
    hastenGrammar,
    hastenTokens,
    hastenColumns,
    hastenNodes,
    hastenSignatures,
  ]) {
    try {
      hasten(bridge, language, standIns, nodes);
    } catch {
      left.push(hasten.name);
    }
  }
  return left;
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
