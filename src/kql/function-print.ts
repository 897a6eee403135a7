/** A number that tells a function of a script by its text: what stands in for one must not stand in for another. */
export function functionPrint(work: (...given: never[]) => unknown): number {
  const text = Function.prototype.toString.call(work);
  let print = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) print = Math.imul(print ^ text.charCodeAt(i), 0x01000193);
  return print >>> 0;
}
