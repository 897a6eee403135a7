// What a function of the app is, as plain data: main registers it with Azure, the local host serves the same.
import type { App } from "./app.ts";

/** A request as both homes can give it. */
export interface Asked {
  readonly method: string;
  /** The parts of the route in braces. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  header(name: string): string | null;
  /** The body, "" where there is none. */
  text(): Promise<string>;
}

export interface Answered {
  readonly status: number;
  readonly type: "application/json" | "application/problem+json" | "text/html; charset=utf-8";
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a page is a text and sent as it is. */
  readonly body: unknown;
}

/** What every call of a function is given by its home. */
export interface Invocation {
  /** Made by the home for this call; names the run in logs and events. */
  readonly id: string;
  /** One line for the log of the app: no accounts, no addresses. */
  say(text: string): void;
}

/** Throws where the run failed, so that the platform counts it as failed. */
export type TimerHandler = (app: App, invocation: Invocation) => Promise<void>;
/** What it throws is turned into an answer by its home. */
export type HttpHandler = (asked: Asked, app: App, invocation: Invocation) => Promise<Answered>;

export interface TimerTrigger {
  readonly kind: "timer";
  readonly name: string;
  readonly purpose: string;
  /** The app setting that holds the schedule. */
  readonly schedule: "WATCH_SCHEDULE" | "TEND_SCHEDULE";
  load(): Promise<TimerHandler>;
}

export interface HttpTrigger {
  readonly kind: "http";
  readonly name: string;
  readonly purpose: string;
  readonly method: "GET" | "POST";
  /** Below /api, with parts in braces. */
  readonly route: string;
  readonly authLevel: "anonymous" | "function" | "admin";
  load(): Promise<HttpHandler>;
}

export type Trigger = TimerTrigger | HttpTrigger;
