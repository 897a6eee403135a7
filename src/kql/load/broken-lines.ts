/** A line that is no row, and why. For Parquet the number of the row. */
export interface BrokenLine {
  readonly line: number;
  readonly reason: string;
}

/** How many are told one by one. */
export const TOLD = 20;

/** Counts every broken line and keeps the first few: a file can be nothing but broken lines. */
export class BrokenLines {
  count = 0;
  #first: BrokenLine[] = [];

  add(line: number, reason: string): void {
    this.count++;
    this.#keep([{ line, reason }]);
  }

  /** Takes `count` more, of which `first` are the first. */
  addMany(first: readonly BrokenLine[], count: number): void {
    this.count += count;
    this.#keep(first);
  }

  get first(): readonly BrokenLine[] {
    return this.#first;
  }

  #keep(lines: readonly BrokenLine[]): void {
    const last = this.#first.at(-1);
    if (this.#first.length === TOLD && last && lines.every((one) => one.line >= last.line)) return;
    this.#first = [...this.#first, ...lines].sort((a, b) => a.line - b.line).slice(0, TOLD);
  }
}
