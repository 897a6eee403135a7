export function keptParser(root: string): string | null;
