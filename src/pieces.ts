// What one scheduled question may read, and longer stretches cut into as much.
import { type Duration, earlier, hours, instant, type TimeWindow } from "./time.ts";

/** A day, and an hour for what runs over: no scheduled question reads more, but those for habits and those that repair. */
export const MOST_READ = hours(25);

/** The window in pieces of at most `most`, oldest first; the newest is the longest. An empty window has none. */
export function piecesOf({ from, to }: TimeWindow, most: Duration = MOST_READ): readonly TimeWindow[] {
  const pieces: TimeWindow[] = [];
  for (let end = to; end > from; end = earlier(end, most)) {
    pieces.unshift({ from: instant(Math.max(from, earlier(end, most))), to: end });
  }
  return pieces;
}
