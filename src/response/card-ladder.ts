// What a card shows less of, and in which order, until it fits.
import type { Detail, Ladder } from "./shorten.ts";

export type CardPart =
  | "picture"
  | "userAgents"
  | "applications"
  | "joinedBy"
  | "sources"
  | "heldBack"
  | "setAside"
  | "names"
  | "query"
  | "lines"
  | "accounts";
export type CardDetail = Detail<CardPart>;

/** Proven accounts come last: they are why somebody was woken. */
export const cardLadder: Ladder<CardPart> = {
  order: [
    "picture",
    "userAgents",
    "applications",
    "sources",
    "heldBack",
    "setAside",
    "names",
    "query",
    "lines",
    "accounts",
  ],
  full: {
    picture: 1,
    query: 1,
    userAgents: 3,
    applications: 5,
    joinedBy: 5,
    sources: 8,
    heldBack: 6,
    setAside: 6,
    names: 6,
    lines: 30,
    accounts: 12,
  },
  floor: {
    picture: 1,
    query: 1,
    userAgents: 0,
    applications: 1,
    joinedBy: 1,
    sources: 3,
    heldBack: 1,
    setAside: 1,
    names: 2,
    lines: 8,
    accounts: 4,
  },
  names: {
    picture: "attempts over time",
    query: "the link to the sign-ins",
    userAgents: "clients",
    applications: "applications",
    joinedBy: "what joined the findings",
    sources: "addresses",
    heldBack: "what was not done",
    setAside: "what was set aside",
    names: "accounts tried",
    lines: "lines",
    accounts: "accounts",
  },
};
