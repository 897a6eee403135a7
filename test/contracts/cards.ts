// What every channel for cards keeps to, whatever is behind it.
import { describe, expect, test } from "vitest";
import type { Card, Cards } from "../../src/ports.ts";

export interface CardsWorld {
  readonly cards: Cards;
  /** The cards that the channel took, in order. */
  posted(): Promise<readonly unknown[]>;
}

export const aCard = (text: string): Card => ({
  type: "AdaptiveCard",
  version: "1.5",
  lang: "en",
  body: [{ type: "TextBlock", text, wrap: true }],
});

/** `opened` gives an empty channel each time. */
export function cardsContract(name: string, opened: () => Promise<CardsWorld>): void {
  describe(`${name} as a channel for cards`, () => {
    test("a card arrives as it was given, in all its letters", async () => {
      const { cards, posted } = await opened();
      const card = aCard('31 attempted – "amber-otter" 💡 \u2028 ñ');
      await cards.post("amber-otter.1", card);
      expect(await posted()).toEqual([card]);
    });

    test("two cards are two, in their order", async () => {
      const { cards, posted } = await opened();
      await cards.post("amber-otter.1", aCard("first"));
      await cards.post("amber-otter.2", aCard("second"));
      expect(await posted()).toEqual([aCard("first"), aCard("second")]);
    });

    test("a card is left as it was, so that it can be told elsewhere too", async () => {
      const { cards } = await opened();
      const card = Object.freeze(aCard("one"));
      const before = JSON.stringify(card);
      await cards.post("amber-otter.1", card);
      expect(JSON.stringify(card)).toBe(before);
    });
  });
}
