// What a card shows less of, and in which order, until it fits.
import type { Detail, Ladder } from "./shorten.ts";

export type CardPart =
  | "userAgents"
  | "applications"
  | "sources"
  | "heldBack"
  | "setAside"
  | "names"
  | "lines"
  | "accounts";
export type CardDetail = Detail<CardPart>;

/** Proven accounts come last: they are why somebody was woken. */
export const cardLadder: Ladder<CardPart> = {
  order: ["userAgents", "applications", "sources", "heldBack", "setAside", "names", "lines", "accounts"],
  full: { userAgents: 3, applications: 5, sources: 8, heldBack: 6, setAside: 6, names: 6, lines: 30, accounts: 12 },
  floor: { userAgents: 0, applications: 1, sources: 3, heldBack: 1, setAside: 1, names: 2, lines: 8, accounts: 4 },
  names: {
    userAgents: "clients",
    applications: "applications",
    sources: "addresses",
    heldBack: "what was not done",
    setAside: "what was set aside",
    names: "accounts tried",
    lines: "lines",
    accounts: "accounts",
  },
};
