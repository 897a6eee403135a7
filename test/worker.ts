// A stand-in for the core module that the Functions worker gives to @azure/functions, so that the real library registers
// and invokes without a host.
import Module from "node:module";

/** What the library sends to the host for a function. */
export interface Registered {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface Worker {
  readonly functions: readonly Registered[];
  /** What handlers and the library logged: "level: text". */
  readonly said: string[];
  http(
    name: string,
    request: {
      readonly params?: Readonly<Record<string, string>>;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    },
  ): Promise<HttpReply>;
  /** Rejects as the platform sees it when the handler throws. */
  timer(name: string): Promise<void>;
}

type Callback = (...args: readonly unknown[]) => unknown;
interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: Callback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<{ returnValue?: { http?: WireHttp } }>;
}
interface WireHttp {
  readonly statusCode?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly bytes?: Uint8Array; readonly string?: string };
}
interface ProgrammingModel {
  getInvocationModel(args: object): InvocationModel;
}

/** Has to be called before anything imports @azure/functions, and once per process. */
export function startWorker(): Worker {
  const registered: { meta: Registered; callback: Callback }[] = [];
  const said: string[] = [];
  let model: ProgrammingModel | undefined;
  const log = (level: string, ...rest: readonly unknown[]): void => void said.push(`${level}: ${rest.join(" ")}`);
  const core = {
    version: "3.12.0",
    hostVersion: "4.1049",
    workerVersion: "3.12.0",
    log: (level: string, _category: string, message: string) => log(level, message),
    setProgrammingModel: (given: ProgrammingModel) => {
      model = given;
    },
    getProgrammingModel: () => model,
    registerFunction: (meta: Registered, callback: Callback) => {
      registered.push({ meta, callback });
      return { dispose() {} };
    },
    registerHook: () => ({ dispose() {} }),
  };
  // The worker swaps its module in at the same place; Node has no public way to make up a module for require().
  const loader = Module as unknown as { _load: (id: string, ...rest: readonly unknown[]) => unknown };
  const load = loader._load;
  loader._load = function (this: unknown, id, ...rest) {
    return id === "@azure/functions-core" ? core : load.call(this, id, ...rest);
  };

  let invocations = 0;
  const invoke = async (name: string, data: object): Promise<WireHttp> => {
    const found = registered.findLast(({ meta }) => meta.name === name);
    if (found === undefined || model === undefined) throw new Error(`There is no function ${name}.`);
    const { meta, callback } = found;
    invocations += 1;
    const call = model.getInvocationModel({
      invocationId: `invocation-${invocations}`,
      metadata: meta,
      request: { inputData: [{ name: Object.keys(meta.bindings)[0], data }] },
      log: (level: string, _category: string, message: string) => log(level, message),
      state: "invocation",
    });
    const { context, inputs } = await call.getArguments();
    const response = await call.getResponse(context, await call.invokeFunction(context, inputs, callback));
    return response.returnValue?.http ?? {};
  };

  return {
    get functions() {
      // A function that is registered again takes the place of its namesake.
      return [...new Map(registered.map(({ meta }) => [meta.name, meta])).values()];
    },
    said,
    async http(name, { params = {}, body, headers = {} }) {
      const binding = registered.findLast(({ meta }) => meta.name === name)?.meta.bindings;
      const [trigger] = Object.values(binding ?? {});
      const [method] = (trigger?.methods ?? []) as readonly string[];
      const http = await invoke(name, {
        http: {
          method,
          url: "http://localhost/api",
          headers,
          params,
          ...(body === undefined ? {} : { body: { string: body } }),
        },
      });
      return {
        status: Number(http.statusCode),
        headers: http.headers ?? {},
        text: http.body?.string ?? Buffer.from(http.body?.bytes ?? []).toString("utf8"),
      };
    },
    async timer(name) {
      const at = "2026-11-21T12:00:00+00:00";
      const schedule = {
        Schedule: { AdjustForDST: true },
        ScheduleStatus: { Last: at, Next: at, LastUpdated: at },
        IsPastDue: false,
      };
      await invoke(name, { json: JSON.stringify(schedule) });
    },
  };
}
