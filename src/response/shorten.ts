// Makes a text or a card fit its limit by showing less of each list, the least important first, and saying so.

/** How much of each list is shown. */
export type Detail<Part extends string> = Readonly<Record<Part, number>>;

export interface Ladder<Part extends string> {
  /** In the order in which they are shortened: what a responder misses least comes first. */
  readonly order: readonly Part[];
  readonly full: Detail<Part>;
  /** What each part keeps until every other has been shortened too. */
  readonly floor: Detail<Part>;
  /** What a part is called where the telling says that it was shortened. */
  readonly names: Readonly<Record<Part, string>>;
}

/**
 * The fullest result that fits. `build` is given how much to show and the names of what was shortened to fit.
 * `build` must fit with nothing of any part shown; this is its caller's promise, kept by a test.
 */
export function shorten<Part extends string, T>(
  ladder: Ladder<Part>,
  build: (detail: Detail<Part>, shortened: readonly string[]) => T,
  fits: (result: T) => boolean,
): T {
  let detail: Detail<Part> = ladder.full;
  const attempt = (): T => {
    const shortened = ladder.order.filter((part) => detail[part] < ladder.full[part]);
    return build(
      detail,
      shortened.map((part) => ladder.names[part]),
    );
  };
  let result = attempt();
  if (fits(result)) return result;
  for (const floors of [ladder.floor, nothing(ladder)]) {
    for (const part of ladder.order) {
      while (detail[part] > floors[part]) {
        detail = { ...detail, [part]: Math.max(floors[part], Math.floor(detail[part] / 2)) };
        result = attempt();
        if (fits(result)) return result;
      }
    }
  }
  return result;
}

const nothing = <Part extends string>(ladder: Ladder<Part>): Detail<Part> =>
  Object.fromEntries(ladder.order.map((part) => [part, 0])) as Detail<Part>; // fromEntries forgets the keys
