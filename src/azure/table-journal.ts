// The journal in Azure Table Storage: a partition per partition, an entity per record, a transaction per commit.
import { randomUUID } from "node:crypto";
import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import { odata, TableClient, type TableEntityResult, type TransactionAction } from "@azure/data-tables";
import type { TokenCredential } from "@azure/identity";
import { idOf, keyOf, type Prepared, prepare, unpack } from "../journal-format.ts";
import type { Clock, Committed, Journal, JournalRecord } from "../ports.ts";
import { Problem, problemTexts } from "../problems.ts";
import { type Duration, duration, seconds } from "../time.ts";
import { type Patience, usualPatience, withPatience } from "./patience.ts";
import type { Role } from "./role.ts";
import { codeOf, indexOf, isUndecided, storeProblem } from "./table-problems.ts";
import { type Far, tellingProblems } from "./wire.ts";

export interface TableJournalOptions {
  /** In Azure the account's table endpoint and the app's identity; a connection string is for Azurite alone. */
  readonly store:
    | { readonly endpoint: string; readonly credential: TokenCredential }
    | { readonly connectionString: string };
  /** 3 to 63 letters and digits, the first a letter. Created when first written to. */
  readonly table?: string;
  readonly clock: Clock;
  /** How long one call may take, with all its tries. */
  readonly longest?: Duration;
  readonly patience?: Partial<Patience>;
  readonly chance?: () => number;
  /** Next to the wire, such as for a proxy. */
  readonly policies?: readonly PipelinePolicy[];
}

type Entity = TableEntityResult<Record<string, unknown>>;
type Stage = readonly Prepared[];

const SERVICE = "Table Storage";
const PAGE = 1000; // https://learn.microsoft.com/rest/api/storageservices/query-timeout-and-pagination
const ETAG = /^W\/"[^"\r\n]*"$/;

const keeper: Role = {
  role: "Storage Table Data Contributor",
  id: "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
  scope: "storage",
  for: "keeping what was evaluated and told",
};
export const permissions: readonly Role[] = [keeper];

export function tableJournal(options: TableJournalOptions): Journal {
  const open = opener(options);
  const client = open();
  const { clock, longest = seconds(30), chance = Math.random } = options;
  const patience: Patience = { ...usualPatience, longestTry: seconds(10), ...options.patience };
  const far: Far = { service: SERVICE, host: new URL(client.url).host };
  const errand = { service: SERVICE, longest, patience, clock, chance };
  const fault = (error: unknown): unknown => storeProblem(far, error, keeper.role, clock.now());

  const entity = async (partition: string, id: string, signal: AbortSignal): Promise<Entity | null> => {
    try {
      return await client.getEntity<Record<string, unknown>>(keyOf(partition), keyOf(id), { abortSignal: signal });
    } catch (error) {
      // Other answers of 404, such as a proxy's, say nothing about the record.
      if (["ResourceNotFound", "EntityNotFound", "TableNotFound"].includes(codeOf(error))) return null;
      throw fault(error);
    }
  };

  const page = async (
    partition: string,
    from: string,
    size: number,
    token: string | undefined,
    signal: AbortSignal,
  ) => {
    const filter = odata`PartitionKey eq ${keyOf(partition)} and RowKey ge ${keyOf(from)}`;
    const pages = client
      .listEntities<Record<string, unknown>>({ queryOptions: { filter }, abortSignal: signal })
      .byPage({ maxPageSize: size, ...(token === undefined ? {} : { continuationToken: token }) });
    try {
      const { value } = await pages.next();
      // TypeScript cannot tell the page from the iterator's end, which has no value.
      return value as Entity[] & { continuationToken?: string };
    } catch (error) {
      if (codeOf(error) === "TableNotFound") return Object.assign<Entity[], { continuationToken?: string }>([], {});
      throw fault(error);
    }
  };

  const createTable = async (signal: AbortSignal): Promise<void> => {
    try {
      await client.createTable({ abortSignal: signal });
    } catch (error) {
      throw fault(error);
    }
  };

  /** One transaction; throws a Problem where the service did not decide, CommitOutcomeUnknown where it may have. */
  const submit = async (partition: string, stage: Stage, mark: string, signal: AbortSignal): Promise<Decision> => {
    if (stage.length === 0) return { kind: "committed", versions: {} };
    try {
      const sender = withConditionalDeletes(open(), stage);
      const answer = await sender.submitTransaction(actionsOf(keyOf(partition), stage, mark), { abortSignal: signal });
      const etags = answer.subResponses.map((part) => part.etag?.trim());
      const puts = stage.flatMap(({ change }, n) =>
        change.kind === "put" ? [[change.id, etags[n] ?? ""] as const] : [],
      );
      if (etags.length !== stage.length || puts.some(([, version]) => !ETAG.test(version))) {
        throw new Problem(problemTexts.commitOutcomeUnknown(stage.length, "the answer lacks the new versions"));
      }
      return { kind: "committed", versions: Object.fromEntries(puts) };
    } catch (error) {
      if (error instanceof Problem) throw error;
      if (codeOf(error) === "TableNotFound") return { kind: "noTable" };
      const moved = movedIn(error, stage);
      if (moved !== undefined) return moved;
      if (!isUndecided(error)) throw fault(error);
      throw unknownOutcome(stage, fault(error));
    }
  };

  const decide = async (partition: string, whole: Stage, mark: string, signal: AbortSignal): Promise<Committed> => {
    for (let stage = whole; ; ) {
      const decision = await submit(partition, stage, mark, signal);
      if (decision.kind === "noTable") await createTable(signal);
      else if (decision.kind === "alreadyGone") stage = stage.filter((prepared) => prepared !== decision.gone);
      else return decision;
    }
  };

  /** After an unknown outcome: a record that carries this commit's mark proves that all of it was made. */
  const settle = async (partition: string, stage: Stage, mark: string, problem: Problem): Promise<Committed> => {
    const ids = stage.flatMap(({ change }) => (change.kind === "put" ? [change.id] : []));
    try {
      const signal = AbortSignal.timeout(duration(Math.min(longest, patience.longestTry)));
      const found = await Promise.all(ids.map(async (id) => ({ id, entity: await entity(partition, id, signal) })));
      if (found.length > 0 && found.every(({ entity }) => entity?.[MARK] === mark)) {
        return {
          kind: "committed",
          versions: Object.fromEntries(found.map(({ id, entity }) => [id, entity?.etag ?? ""])),
        };
      }
    } catch {
      // Not being able to read it back leaves the outcome as unknown as it was: the first problem is the one to tell.
    }
    throw problem.code === UNKNOWN ? problem : unknownOutcome(stage, problem);
  };

  return {
    async read(partition, id) {
      const found = await withPatience({ ...errand, attempt: (signal) => entity(partition, id, signal) });
      return found === null ? null : recordOf(partition, found);
    },

    async list(partition, from, limit) {
      const records: JournalRecord[] = [];
      let token: string | undefined;
      while (records.length < limit) {
        const next = token;
        const size = Math.min(PAGE, limit - records.length);
        const found = await withPatience({ ...errand, attempt: (signal) => page(partition, from, size, next, signal) });
        records.push(...found.map((each) => recordOf(partition, each)));
        token = found.continuationToken;
        if (token === undefined) break;
      }
      return records.slice(0, limit);
    },

    async commit(partition, changes) {
      const stage = prepare(changes);
      const strange = changes.filter(({ basedOn }) => basedOn !== null && basedOn !== "any" && !ETAG.test(basedOn));
      if (strange.length > 0) return { kind: "conflict", ids: strange.map(({ id }) => id) };
      const mark = randomUUID();
      try {
        return await withPatience({
          ...errand,
          // What may have been done is not done again without looking.
          triesFor: (problem) => (isOpen(problem) ? 1 : patience.tries),
          attempt: (signal) => decide(partition, stage, mark, signal),
        });
      } catch (error) {
        if (!(error instanceof Problem) || !isOpen(error)) throw error;
        return settle(partition, stage, mark, error);
      }
    },
  };
}

type Decision = Committed | { readonly kind: "noTable" } | { readonly kind: "alreadyGone"; readonly gone: Prepared };

const UNKNOWN = "CommitOutcomeUnknown";
const isOpen = ({ code }: Problem): boolean => code === UNKNOWN || code === "TooSlow";
/** The property that says which commit wrote a record last. */
const MARK = "commit";

function unknownOutcome(stage: Stage, because: unknown): Problem {
  const seen = because instanceof Error ? because.message.replace(/\.$/, "") : "the call failed";
  return new Problem(problemTexts.commitOutcomeUnknown(stage.length, seen), because);
}

function opener({ store, table = "journal", policies = [] }: TableJournalOptions): () => TableClient {
  // The SDK's own retries follow Retry-After however long it is and repeat a commit blindly; persist.ts does neither.
  const client = {
    retryOptions: { maxRetries: 0 },
    additionalPolicies: policies.map((policy) => ({ policy, position: "perRetry" as const })),
  };
  if ("credential" in store) {
    const credential = tellingProblems(store.credential, SERVICE);
    return () => new TableClient(store.endpoint, table, credential, client);
  }
  const endpoint = /(?:^|;)TableEndpoint=([^;]+)/i.exec(store.connectionString)?.[1] ?? "";
  if (!/^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])[:/]/i.test(endpoint)) {
    throw new Error(
      "A connection string with a key is for Azurite on this machine. Give the table endpoint of the account, and its identity the role Storage Table Data Contributor.",
    );
  }
  return () =>
    TableClient.fromConnectionString(store.connectionString, table, { ...client, allowInsecureConnection: true });
}

function recordOf(partition: string, entity: Entity): JournalRecord {
  const value = unpack(entity);
  if (value === undefined) throw new Problem(problemTexts.unreadableRecord(partition));
  return { id: idOf(entity.rowKey ?? ""), version: entity.etag, value };
}

function actionsOf(partitionKey: string, stage: Stage, mark: string): TransactionAction[] {
  return stage.map(({ change, key, properties }): TransactionAction => {
    const entity = { partitionKey, rowKey: key };
    if (change.kind === "delete") return ["delete", entity];
    const written = { ...entity, ...properties, [MARK]: mark };
    if (change.basedOn === null) return ["create", written];
    if (change.basedOn === "any") return ["upsert", written, "Replace"];
    return ["update", written, "Replace", { etag: change.basedOn }];
  });
}

/**
 * The SDK's transactions delete whatever version is there (`If-Match: *`, 13.3.2). Those lines, one for each delete and
 * in their order, are given the version that the delete is based on.
 */
function withConditionalDeletes(client: TableClient, stage: Stage): TableClient {
  const versions = stage.flatMap(({ change }) =>
    change.kind === "delete" ? [change.basedOn === "any" ? "*" : change.basedOn] : [],
  );
  if (versions.every((version) => version === "*")) return client;
  const policy: PipelinePolicy = {
    name: "conditionalDeletes",
    sendRequest(request, next) {
      let met = 0;
      request.body = String(request.body).replaceAll(/^If-Match: \*(?=\r?$)/gim, () => {
        met += 1;
        return `If-Match: ${versions[met - 1]}`;
      });
      if (met !== versions.length) {
        throw new Error(`The transaction has ${met} unconditional deletes where ${versions.length} were meant.`);
      }
      return next(request);
    },
  };
  // In the first phase, because the SDK's own policies measure and sign the body.
  client.pipeline.addPolicy(policy, { phase: "Serialize" });
  return client;
}

/** What a refused transaction says about the records; undefined where it was refused for another reason. */
function movedIn(error: unknown, stage: Stage): Decision | undefined {
  if (
    !["EntityAlreadyExists", "UpdateConditionNotSatisfied", "ResourceNotFound", "EntityNotFound"].includes(
      codeOf(error),
    )
  )
    return undefined;
  const named = stage[indexOf(error) ?? (stage.length === 1 ? 0 : -1)];
  // A delete of whatever is there is content with nothing being there.
  if (named?.change.kind === "delete" && named.change.basedOn === "any") return { kind: "alreadyGone", gone: named };
  const conditional = stage.filter(({ change }) => change.basedOn !== "any").map(({ change }) => change.id);
  return { kind: "conflict", ids: named === undefined ? conditional : [named.change.id] };
}
