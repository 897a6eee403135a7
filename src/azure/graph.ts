// Accounts in Microsoft Graph: reading about them, revoking their sessions, disabling them. Who may be acted on and when
// is decided elsewhere; here is only what the team's settings allow at all.
import type { TokenCredential } from "@azure/identity";
import * as z from "zod";
import { isObjectId } from "../object-id.ts";
import type { CallLimits, Clock, Directory, DirectoryUser, Sessions } from "../ports.ts";
import { Problem, problemTexts } from "../problems.ts";
import { between, type Duration, type Instant, minutes, parseInstant, seconds } from "../time.ts";
import type { Cloud } from "./clouds.ts";
import { type GraphReply, type GraphRequest, graphClient } from "./graph-client.ts";
import {
  disableAccounts,
  type GraphPermission,
  type GraphUse,
  readGroupEligibility,
  readGroups,
  readRoles,
  readUsers,
  revokeSessions,
} from "./graph-permissions.ts";
import { isOpen, outcomeUnknown, refusal, withoutReply } from "./graph-problems.ts";
import { type Patience, usualPatience, withPatience } from "./patience.ts";
import { type Far, looksLikeHtml, readJson } from "./wire.ts";

export interface GraphOptions {
  readonly credential: TokenCredential;
  readonly cloud: Cloud;
  /** Whatever is not named here is refused before anything is sent. */
  readonly allow: readonly GraphUse[];
  readonly clock: Clock;
  /** How long one call of a port may take altogether. */
  readonly longest?: Duration;
  readonly patience?: Partial<Patience>;
  readonly chance?: () => number;
  /** Next to the wire, such as for a proxy. */
  readonly fetch?: typeof fetch;
}

const ROLES_KEPT = minutes(1);
// https://learn.microsoft.com/graph/api/directoryobject-checkmembergroups
const GROUPS_AT_ONCE = 20;

export function graph(options: GraphOptions): { readonly sessions: Sessions; readonly directory: Directory } {
  const { cloud, clock, longest = seconds(60), chance = Math.random, allow } = options;
  const far: Far = { service: "Microsoft Graph", host: new URL(cloud.graph.endpoint).host };
  const patience: Patience = { ...usualPatience, ...options.patience };
  const send = graphClient({
    credential: options.credential,
    graph: cloud.graph,
    far,
    fetch: options.fetch ?? fetch,
  });
  const errand = { service: far.service, longest, patience, clock, chance };

  const asked = async (request: GraphRequest, permission: GraphPermission): Promise<GraphReply> => {
    try {
      const reply = await send(request);
      if (reply.status >= 200 && reply.status < 300) return reply;
      throw refusal(far, reply, permission, clock.now());
    } catch (error) {
      throw request.signal.aborted ? error : withoutReply(far, error);
    }
  };

  const reading = async <T>(
    request: Omit<GraphRequest, "signal">,
    permission: GraphPermission,
    schema: z.ZodType<T>,
    limits: CallLimits = {},
  ): Promise<T> => {
    need("readDirectory", allow);
    const attempt = async (signal: AbortSignal): Promise<T> => {
      const reply = await asked({ ...request, signal }, permission);
      const result = schema.safeParse(readJson(reply.text));
      if (result.success) return result.data;
      const what = z.prettifyError(result.error).split("\n")[0] ?? "";
      throw new Problem(problemTexts.unreadableAnswer(far.service, reply.text.trim() === "" ? "no body" : what));
    };
    return withPatience({ ...errand, ...limits, attempt });
  };

  /** All pages. An answer without the list is none, and no empty list. */
  const readingAll = async <T>(
    path: string,
    permission: GraphPermission,
    schema: z.ZodType<T>,
    limits?: CallLimits,
  ) => {
    const page = z.object({ value: z.array(schema), "@odata.nextLink": z.url().optional() });
    const all: T[] = [];
    const asked = new Set<string>();
    for (let next: string | undefined = path; next !== undefined; ) {
      if (asked.has(next)) throw new Problem(problemTexts.unreadableAnswer(far.service, "its pages go in a circle"));
      asked.add(next);
      const found: z.infer<typeof page> = await reading({ method: "GET", path: next }, permission, page, limits);
      all.push(...found.value);
      next = found["@odata.nextLink"];
    }
    return all;
  };

  // Doing it twice would do no harm to the account, but what was done is counted and told: it is sent again only where
  // the service said, or the network shows, that it was not done.
  const writing = async (
    request: Omit<GraphRequest, "signal">,
    use: GraphUse,
    permission: GraphPermission,
    limits: CallLimits = {},
  ): Promise<void> => {
    need(use, allow);
    let open = false;
    const attempt = async (signal: AbortSignal): Promise<void> => {
      open = true;
      try {
        const reply = await asked({ ...request, signal }, permission);
        if (!isReceipt(reply)) throw new Problem(problemTexts.unreadableAnswer(far.service, misread(reply)));
      } catch (error) {
        open = signal.aborted || (error instanceof Problem && isOpen(error));
        throw error;
      }
    };
    const triesFor = (problem: Problem): number => (open || problem.code === "TooSlow" ? 1 : patience.tries);
    try {
      await withPatience({ ...errand, ...limits, triesFor, attempt });
    } catch (error) {
      throw open && error instanceof Problem ? outcomeUnknown(error) : error;
    }
  };

  const assignments = kept(ROLES_KEPT, clock, async (limits?: CallLimits) => {
    const [active, eligible] = await Promise.all([
      readingAll("/roleManagement/directory/roleAssignments?$expand=roleDefinition", readRoles, assignment, limits),
      readingAll(
        "/roleManagement/directory/roleEligibilitySchedules?$expand=roleDefinition",
        readRoles,
        assignment,
        limits,
      ).catch(withoutPim),
    ]);
    return [...active, ...eligible];
  });

  return {
    sessions: {
      revoke: async (userId, limits) => {
        const path = `${pathOf(userId)}/revokeSignInSessions`;
        await writing({ method: "POST", path }, "revokeSessions", revokeSessions, limits);
      },
      disable: async (userId, limits) => {
        const request = { method: "PATCH", path: pathOf(userId), body: { accountEnabled: false } } as const;
        await writing(request, "disableAccount", disableAccounts, limits);
      },
    },
    directory: {
      user: async (userId, limits) => {
        const path = `${pathOf(userId)}?$select=${USER_FIELDS.join(",")}`;
        try {
          const found = await reading({ method: "GET", path }, readUsers, user, limits);
          if (found.id.toLowerCase() === userId.toLowerCase()) return userFrom(found);
        } catch (error) {
          if (error instanceof Problem && error.code === "UnknownAccount") return null;
          throw error;
        }
        throw new Problem(
          problemTexts.unreadableAnswer(far.service, "another account than the one that was asked for"),
        );
      },

      groupsAmong: async (userId, groupIds, limits) => {
        const path = `${pathOf(userId)}/checkMemberGroups`;
        const among: string[] = [];
        for (let n = 0; n < groupIds.length; n += GROUPS_AT_ONCE) {
          const body = { groupIds: groupIds.slice(n, n + GROUPS_AT_ONCE) };
          const { value } = await reading({ method: "POST", path, body }, readGroups, ids, limits);
          among.push(...value);
        }
        return among;
      },

      // Graph lists the roles that reach an account through groups in its beta alone, so they are put together here.
      roles: async (userId, limits) => {
        const path = `${pathOf(userId)}/getMemberGroups`;
        const [all, groups, within] = await Promise.all([
          assignments(limits),
          reading({ method: "POST", path, body: { securityEnabledOnly: true } }, readGroups, ids, limits),
          readingAll(eligibleGroupsOf(userId), readGroupEligibility, eligibility, limits).catch(withoutPim),
        ]);
        // Whoever can become a member or an owner of a group can reach what the group holds.
        const reachable = within.map(({ groupId }) => groupId);
        const holders = new Set([userId, ...groups.value, ...reachable].map((id) => id.toLowerCase()));
        const held = all.filter(({ principalId }) => holders.has(principalId.toLowerCase()));
        return [...new Set(held.map((role) => role.roleDefinition?.displayName ?? role.roleDefinitionId))].sort();
      },
    },
  };
}

/**
 * Whether an answer of success is Graph's own: 204, or for a revocation `"value": true`. A proxy that asks for a sign-in
 * answers 200 as well, and what it was asked has not reached Graph.
 */
const isReceipt = ({ status, text }: GraphReply): boolean => status === 204 || Object(readJson(text)).value === true;

const misread = ({ text }: GraphReply): string =>
  text.trim() === "" ? "no body" : looksLikeHtml(text) ? "a page of HTML" : "something else than that it was done";

function need(use: GraphUse, allow: readonly GraphUse[]): void {
  if (!allow.includes(use)) throw new Problem(problemTexts.actionNotAllowed(use));
}

function pathOf(userId: string): string {
  if (!isObjectId(userId)) throw new Problem(problemTexts.notAnAccount(userId.slice(0, 40)));
  return `/users/${userId}`;
}

/** What PIM for Groups lets an account activate; the service wants the filter. */
const eligibleGroupsOf = (userId: string): string =>
  `/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances?$filter=principalId eq '${userId}'`;

const ids = z.object({ value: z.array(z.string()) });
const eligibility = z.object({ groupId: z.string() });
const assignment = z.object({
  principalId: z.string(),
  roleDefinitionId: z.string(),
  roleDefinition: z.object({ displayName: z.string() }).nullish(),
});
const user = z.object({
  id: z.string(),
  userPrincipalName: z.string(),
  accountEnabled: z.boolean(),
  userType: z.string().nullish(),
  onPremisesSyncEnabled: z.boolean().nullish(),
  signInSessionsValidFromDateTime: z.string().nullish(),
  lastPasswordChangeDateTime: z.string().nullish(),
});
const USER_FIELDS = Object.keys(user.shape);

function userFrom(found: z.infer<typeof user>): DirectoryUser {
  // Accounts from before 2014 have no type; the name tells a guest all the same.
  const guest = found.userType === "Guest" || (!found.userType && /#ext#/i.test(found.userPrincipalName));
  return {
    id: found.id,
    userPrincipalName: found.userPrincipalName,
    enabled: found.accountEnabled,
    kind: guest ? "guest" : "member",
    synchronised: found.onPremisesSyncEnabled === true,
    sessionsValidFrom: parseInstant(found.signInSessionsValidFromDateTime ?? "") ?? null,
    passwordChangedAt: parseInstant(found.lastPasswordChangeDateTime ?? "") ?? null,
  };
}

/** Without the licence for Privileged Identity Management nobody can activate a role. Any other failure stays one. */
function withoutPim(error: unknown): readonly never[] {
  if (error instanceof Problem && error.message.includes("AadPremiumLicenseRequired")) return [];
  throw error;
}

/** The last answer again while it is young; a failure is not kept. */
function kept<T>(length: Duration, clock: Clock, ask: (limits?: CallLimits) => Promise<T>) {
  let last: { readonly at: Instant; readonly answer: T } | undefined;
  return async (limits?: CallLimits): Promise<T> => {
    if (last !== undefined && between(last.at, clock.now()) < length) return last.answer;
    const at = clock.now();
    const answer = await ask(limits);
    last = { at, answer };
    return answer;
  };
}
