// Putting a faster form of a function in its place, where the place holds the very function that it was written for.

// biome-ignore lint/suspicious/noExplicitAny: the inside of a library without types
type Foreign = any;

export interface StandIns {
  method(owner: Foreign, name: string, print: number, make: (original: Foreign) => Foreign): void;
  getter(owner: Foreign, name: string, print: number, make: (original: Foreign) => (this: Foreign) => Foreign): void;
}

/** What is no such function is left alone, and its name put with what is left. */
export function standInsFor(left: string[]): StandIns {
  return {
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
}

/** A number that tells a function of a script by its text: what stands in for one must not stand in for another. */
export function functionPrint(work: (...given: never[]) => unknown): number {
  const text = Function.prototype.toString.call(work);
  let print = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) print = Math.imul(print ^ text.charCodeAt(i), 0x01000193);
  return print >>> 0;
}

/** The text as V8 keeps names of properties, so that it need not be looked for among them at every use. */
export const asKey = (name: string): string => Object.keys({ [name]: 0 })[0] ?? name;
