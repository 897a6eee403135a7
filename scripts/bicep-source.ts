// Reads Bicep with the grammar of tree-sitter-bicep and works out what can be known without deploying.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { Language, type Node, Parser } from "web-tree-sitter";
import { Expression, type Module, type Parameter, type Resource, type Template, type Value } from "./bicep-template.ts";

export interface Source extends Template {
  /** Places that the grammar does not understand, as "line:column text". */
  readonly faults: readonly string[];
  readonly variables: Scope;
  /** Names that are used, besides where they are declared. */
  readonly references: ReadonlySet<string>;
}

type Scope = ReadonlyMap<string, Value>;

await Parser.init();
const require = createRequire(import.meta.url);
const parser = new Parser();
parser.setLanguage(await Language.load(require.resolve("tree-sitter-bicep/tree-sitter-bicep.wasm")));

export const readBicep = (path: string): Source => parseBicep(readFileSync(path, "utf8"), path);

export function parseBicep(text: string, path = "a.bicep"): Source {
  const root = parser.parse(text)!.rootNode;
  const scope = new Map<string, Value>();
  const parameters: Parameter[] = [];
  const resources: Resource[] = [];
  const modules: Module[] = [];
  const outputs: { name: string; value: string }[] = [];
  let decorators: Node | null = null;

  for (const node of children(root)) {
    const [first, second] = children(node);
    switch (node.type) {
      case "import_functionality":
        importInto(scope, node, path);
        break;
      case "variable_declaration":
        scope.set(first!.text, evaluate(second!, scope, path));
        break;
      case "parameter_declaration":
        parameters.push(parameterOf(node, decorators, scope, path));
        break;
      case "output_declaration":
        outputs.push({ name: first!.text, value: children(node).at(-1)!.text });
        break;
      case "resource_declaration": {
        const [type = "", apiVersion = ""] = textOf(second!).split("@");
        const { condition, bodies } = bodyOf(children(node).at(-1)!, scope, path);
        const existing = node.children.some((child) => child?.text === "existing");
        for (const body of bodies) {
          resources.push({ file: path, symbol: first!.text, type, apiVersion, existing, condition, body });
        }
        break;
      }
      case "module_declaration": {
        const { condition, bodies } = bodyOf(children(node).at(-1)!, scope, path);
        const uses = [...new Set(identifiersIn(children(node).at(-1)!))];
        modules.push({ symbol: first!.text, path: textOf(second!), condition, body: bodies[0] ?? null, uses });
        break;
      }
    }
    decorators = node.type === "decorators" ? node : null;
  }
  const comments = new Set<Node>();
  collect(root, (node) => node.type === "comment" && comments.add(node));
  let bare = text;
  for (const comment of comments) bare = bare.replace(comment.text, "");
  return {
    file: path,
    parameters,
    resources,
    modules,
    outputs,
    text: bare,
    variables: scope,
    references: new Set(identifiersIn(root)),
    faults: faultsIn(root),
  };
}

const children = (node: Node): Node[] =>
  node.namedChildren.filter((child): child is Node => child !== null && child.type !== "comment");

function collect(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const child of node.children) if (child) collect(child, visit);
}

/** Identifiers that refer to something: neither a declaration's own name nor the key of a property. */
function identifiersIn(node: Node): string[] {
  const found: string[] = [];
  collect(node, (inner) => {
    const names = inner.parent?.type === "object_property" || inner.parent?.type.endsWith("_declaration");
    const isName = names && inner.parent?.namedChildren[0]?.id === inner.id;
    if (inner.type === "identifier" && !isName) found.push(inner.text);
  });
  return found;
}

function faultsIn(root: Node): string[] {
  const found: string[] = [];
  collect(root, (node) => {
    if (!node.isError && !node.isMissing) return;
    found.push(`${node.startPosition.row + 1}:${node.startPosition.column + 1} ${node.text.slice(0, 60)}`);
  });
  return found;
}

function importInto(scope: Map<string, Value>, node: Node, path: string): void {
  const names = children(node).filter((child) => child.type === "identifier");
  const file = children(node).find((child) => child.type === "string");
  const other = readBicep(resolve(dirname(path), textOf(file!)));
  for (const { text } of names) {
    const value = other.variables.get(text);
    if (value !== undefined) scope.set(text, value);
  }
}

function parameterOf(node: Node, decorators: Node | null, scope: Scope, path: string): Parameter {
  const parts = children(node);
  const given = decorators ? children(decorators).map((decorator) => children(decorator)[0]!) : [];
  const named = (name: string) => given.find((call) => children(call)[0]?.text === name);
  const description = named("description")?.childForFieldName("arguments");
  const value = parts.length > 2 ? parts.at(-1) : undefined;
  return {
    name: parts[0]!.text,
    secure: named("secure") !== undefined,
    description: description ? textOf(children(description)[0]!) : null,
    preset: value && evaluate(value, scope, path),
  };
}

/** The object of a resource or module, under its condition; once per turn of a loop whose list is known. */
function bodyOf(node: Node, scope: Scope, path: string): { condition: string | null; bodies: readonly Value[] } {
  if (node.type === "if_statement") {
    const [condition, object] = children(node);
    return { condition: condition!.text.slice(1, -1), bodies: [evaluate(object!, scope, path)] };
  }
  const loop = node.type === "for_statement" ? node : children(node).find((child) => child.type === "for_statement");
  if (!loop) return { condition: null, bodies: [evaluate(node, scope, path)] };
  const [item, list] = children(loop);
  const values = evaluate(list!, scope, path);
  const turns = Array.isArray(values) ? values : [new Expression(list!.text)];
  const body = loop.childForFieldName("body")!;
  return {
    condition: null,
    bodies: turns.map((turn) => evaluate(body, new Map([...scope, [item!.text, turn]]), path)),
  };
}

/** The text of a string without interpolations. */
function textOf(node: Node): string {
  const text = node.text;
  if (text.startsWith("'''")) return text.slice(3, -3).replace(/^\r?\n/, "");
  return text.slice(1, -1).replace(/\\([\\'nrt$])/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
}
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

function evaluate(node: Node, scope: Scope, path: string): Value {
  const unknown = new Expression(node.text);
  const inner = (other: Node) => evaluate(other, scope, path);
  const parts = children(node);
  switch (node.type) {
    case "string":
      return parts.some((part) => part.type === "interpolation") ? unknown : textOf(node);
    case "number":
      return Number(node.text);
    case "boolean":
      return node.text === "true";
    case "null":
      return null;
    case "identifier":
      return scope.get(node.text) ?? unknown;
    case "parenthesized_expression":
      return inner(parts[0]!);
    case "array":
      return parts.map(inner);
    case "object":
      return Object.fromEntries(
        parts.map((property) => {
          const [key, value] = children(property);
          return [key!.type === "string" ? textOf(key!) : key!.text, value ? inner(value) : null];
        }),
      );
    case "member_expression": {
      const object = inner(parts[0]!);
      if (object instanceof Expression || object === null || typeof object !== "object") return unknown;
      return (object as { readonly [key: string]: Value })[parts[1]!.text] ?? unknown;
    }
    case "call_expression":
      return call(node.childForFieldName("function")!.text, children(node.childForFieldName("arguments")!).map(inner), {
        unknown,
        path,
      });
    default:
      return unknown;
  }
}

const isObject = (value: Value): value is { readonly [key: string]: Value } =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Expression);

function call(name: string, args: readonly Value[], { unknown, path }: { unknown: Expression; path: string }): Value {
  const [first, second, third] = args;
  if (name === "loadTextContent" && typeof first === "string")
    return readFileSync(resolve(dirname(path), first), "utf8");
  // What is not known when reading, such as a placeholder's filling, is left as it stands.
  if (name === "replace" && typeof first === "string" && typeof second === "string") {
    return typeof third === "string" ? first.replaceAll(second, third) : first;
  }
  if (name === "union" && args.some(isObject)) return Object.assign({}, ...args.filter(isObject));
  if (name === "subscriptionResourceId" && typeof second === "string") return `${String(first)}/${second}`;
  return unknown;
}
