// Azurite's table service as a child process, for the local host and for tests.
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { Problem, problemTexts } from "../problems.ts";
import { type Duration, seconds } from "../time.ts";

export interface Azurite {
  /** For table-journal; holds a key made for this start, so nothing else on the machine can read or write. */
  readonly connectionString: string;
  /** "http://127.0.0.1:50123/local" */
  readonly url: string;
  readonly pid: number;
  /** Ends the process after it has saved its tables. Safe to call twice. */
  stop(): Promise<void>;
}

export interface AzuriteOptions {
  /** Where the tables are kept from one start to the next; without it they live in memory and end with the process. */
  readonly folder?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly patience?: Duration;
}

const ACCOUNT = "local";
const LAST_WORDS = 2_000;

/** Starts it on 127.0.0.1 and resolves when it listens. It ends with this process, however this process ends. */
export async function startAzurite(options: AzuriteOptions = {}): Promise<Azurite> {
  const key = randomBytes(64).toString("base64");
  const child = spawn(
    process.execPath,
    [
      fileURLToPath(new URL("./azurite-child.ts", import.meta.url)),
      ...["--tableHost", "127.0.0.1", "--tablePort", String(options.port ?? 0)],
      ...(options.folder === undefined ? ["--inMemoryPersistence"] : ["--location", options.folder]),
      // The service keeps a connection for minutes. Five seconds, as is usual here, close it under a client that is busy.
      ...["--tableKeepAliveTimeout", "75"],
      ...["--silent", "--disableTelemetry", "--skipApiVersionCheck"],
    ],
    // Detached, so that Ctrl-C in a terminal reaches the host alone, which can still write before it stops this.
    { stdio: ["ignore", "ignore", "pipe", "ipc"], detached: true, env: { AZURITE_ACCOUNTS: `${ACCOUNT}:${key}` } },
  );
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const stop = (): Promise<void> => end(child, ended);
  try {
    const port = await listening(child, options.patience ?? seconds(30));
    const url = `http://127.0.0.1:${port}/${ACCOUNT}`;
    return {
      url,
      pid: child.pid ?? 0,
      connectionString: `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${key};TableEndpoint=${url};`,
      stop,
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

function listening(child: ChildProcess, patience: Duration): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-LAST_WORDS);
    });
    const fail = (what: string): void => reject(new Problem(problemTexts.azuriteDidNotStart(`${what} ${said}`.trim())));
    const tooLong = setTimeout(() => fail(`It was not listening after ${patience / 1000} s.`), patience);
    child.once("message", (message) => {
      clearTimeout(tooLong);
      // The one message that azurite-child.ts sends.
      resolve((message as { readonly port: number }).port);
    });
    child.once("error", (error) => {
      clearTimeout(tooLong);
      fail(error.message);
    });
    // "close" and not "exit": by then everything it wrote has arrived.
    child.once("close", (code) => {
      clearTimeout(tooLong);
      fail(`It ended with ${code}.`);
    });
  });
}

async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.connected) child.disconnect();
  const hard = setTimeout(() => child.kill("SIGKILL"), seconds(10));
  await ended;
  clearTimeout(hard);
}
