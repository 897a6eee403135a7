/** Whether a name fits a text in which each * stands for any characters. */
export function namePattern(text: string): (name: string) => boolean {
  const [start = "", ...rest] = text.split("*");
  const end = rest.pop();
  if (end === undefined) return (name) => name === text;
  return (name) => {
    if (!name.startsWith(start) || !name.endsWith(end) || name.length < start.length + end.length) return false;
    let at = start.length;
    for (const piece of rest) {
      const found = name.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return at <= name.length - end.length;
  };
}
