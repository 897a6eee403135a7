const FENCE_END = "\n```";

/**
 * The text in at most `limit` characters, `note` included. It ends at a paragraph, a line, a sentence or a word, whichever
 * is found in its last quarter, and leaves no code block open.
 */
export function cutCleanly(text: string, limit: number, note: string): string {
  if (text.length <= limit) return text;
  const room = limit - note.length - FENCE_END.length;
  const kept = text.slice(0, endWithin(text, room)).trimEnd();
  const open = (kept.match(/^```/gm)?.length ?? 0) % 2 === 1;
  return `${kept}${open ? FENCE_END : ""}${note}`;
}

function endWithin(text: string, room: number): number {
  for (const boundary of ["\n\n", "\n", ". ", " "]) {
    // Of ". " the full stop stays, of the others nothing but white space.
    const at = text.lastIndexOf(boundary, room - 1) + (boundary === ". " ? 1 : 0);
    if (at >= room * 0.75) return at;
  }
  const last = text.charCodeAt(room - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return splitsPair ? room - 1 : room;
}
