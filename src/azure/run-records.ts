// Run records in Azure Blob Storage, one blob each, in a folder for each day.
import type { TokenCredential } from "@azure/identity";
import { BlobServiceClient, type ContainerClient, RestError } from "@azure/storage-blob";
import { Problem, problemTexts } from "../problems.ts";
import { pathOf, RECORD_ID, type RunRecords } from "../run-record.ts";
import { type Duration, iso, seconds } from "../time.ts";
import type { Role } from "./role.ts";
import { tellingProblems } from "./wire.ts";

export interface RunRecordsOptions {
  readonly store:
    | { readonly endpoint: string; readonly credential: TokenCredential }
    /** Of Azurite alone. */
    | { readonly connectionString: string };
  readonly container: string;
  /** How long one call may take. */
  readonly longest?: Duration;
}

const keeper: Role = {
  role: "Storage Blob Data Contributor",
  id: "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
  scope: "container",
  for: "keeping records of runs, and erasing them",
};
export const permissions: readonly Role[] = [keeper];

const SERVICE = "Blob Storage";

export function runRecords(options: RunRecordsOptions): RunRecords {
  const { longest = seconds(30) } = options;
  const container = containerOf(options);
  const attempt = async <T>(work: (abortSignal: AbortSignal) => Promise<T>): Promise<T> => {
    try {
      return await work(AbortSignal.timeout(longest));
    } catch (error) {
      throw problemOf(error, longest);
    }
  };
  return {
    keep: (id, bytes) =>
      attempt(async (abortSignal) => {
        const headers = { blobContentType: "application/json", blobContentEncoding: "gzip" };
        const upload = () =>
          container.getBlockBlobClient(pathOf(id)).uploadData(bytes, { blobHTTPHeaders: headers, abortSignal });
        await upload().catch(async (error: unknown) => {
          if (!(error instanceof RestError) || error.code !== "ContainerNotFound") throw error;
          await container.createIfNotExists({ abortSignal });
          await upload();
        });
      }),
    read: (id) =>
      attempt(async (abortSignal) => {
        if (!RECORD_ID.test(id)) return null;
        const blob = container.getBlockBlobClient(pathOf(id));
        try {
          return await blob.downloadToBuffer(0, undefined, { abortSignal });
        } catch (error) {
          if (error instanceof RestError && error.statusCode === 404) return null;
          throw error;
        }
      }),
    eraseBefore: (at) =>
      attempt(async (abortSignal) => {
        const oldest = iso(at).slice(0, 10);
        let erased = 0;
        try {
          // In the order of their names, which is that of their days.
          for await (const { name } of container.listBlobsFlat({ abortSignal })) {
            if (name.slice(0, 10) >= oldest) break;
            await container.deleteBlob(name, { abortSignal });
            erased += 1;
          }
        } catch (error) {
          if (!(error instanceof RestError) || error.code !== "ContainerNotFound") throw error;
        }
        return erased;
      }),
  };
}

function containerOf({ store, container }: RunRecordsOptions): ContainerClient {
  const service =
    "credential" in store
      ? new BlobServiceClient(store.endpoint, tellingProblems(store.credential, SERVICE))
      : BlobServiceClient.fromConnectionString(store.connectionString);
  return service.getContainerClient(container);
}

function problemOf(error: unknown, longest: Duration): unknown {
  if (error instanceof Problem) return error;
  if (!(error instanceof Error)) return error;
  if (error.name === "AbortError" || error.name === "TimeoutError")
    return new Problem(problemTexts.tooSlow(SERVICE, longest), error);
  if (!(error instanceof RestError)) return error;
  const said = error.code ?? `status ${error.statusCode}`;
  if (error.statusCode === 403)
    return new Problem(
      problemTexts.noPermission(SERVICE, said, keeper.role, "the container of the run records"),
      error,
    );
  return new Problem(problemTexts.serviceFailed(SERVICE, said), error);
}
