// Sign-in rows in Log Analytics columns; a test writes only what matters to it.
import type { LogRow } from "./log-folder.ts";

let next = 0;
/** Ids are made up and each is used once. */
export const newId = (): string => `00000000-0000-4000-8000-${(++next).toString(16).padStart(12, "0")}`;

export const userId = (n: number): string => `aaaaaaaa-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
export const userName = (n: number): string => `user${n}@contoso.example`;

/** A wrong password at the Azure portal. */
export const portalFailure = (time: string, user: number, some: LogRow = {}): LogRow => ({
  TimeGenerated: time,
  Id: newId(),
  CorrelationId: newId(),
  UserId: userId(user),
  UserPrincipalName: userName(user),
  UserDisplayName: `User ${user}`,
  AppDisplayName: "Azure Portal",
  AppId: "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
  ResultType: "50126",
  ResultDescription: "Error validating credentials due to invalid username or password.",
  IPAddress: "192.0.2.1",
  AutonomousSystemNumber: "64500",
  Location: "DE",
  UserAgent: "Mozilla/5.0",
  Status: { errorCode: 50126 },
  DeviceDetail: { operatingSystem: "Windows10", browser: "Edge" },
  LocationDetails: { city: "Berlin", state: "Berlin" },
  ...some,
});

export const success = (time: string, user: number, some: LogRow = {}): LogRow =>
  portalFailure(time, user, { ResultType: "0", ResultDescription: "", Status: { errorCode: 0 }, ...some });

/** A wrong password without a prompt. JSON columns of this table are strings. */
export const sprayFailure = (time: string, user: number, some: LogRow = {}): LogRow => ({
  TimeGenerated: time,
  Id: newId(),
  CorrelationId: newId(),
  UserId: userId(user),
  UserPrincipalName: userName(user),
  AppDisplayName: "Azure Active Directory PowerShell",
  ResourceDisplayName: "Windows Azure Active Directory",
  Category: "NonInteractiveUserSignInLogs",
  AuthenticationRequirement: "singleFactorAuthentication",
  AuthenticationProtocol: "ropc",
  ClientAppUsed: "Other clients",
  IsInteractive: false,
  ResultType: "50126",
  IPAddress: "203.0.113.5",
  AutonomousSystemNumber: "64501",
  Location: "BR",
  UserAgent: "fasthttp",
  Status: '{"errorCode":50126}',
  ...some,
});

export const each = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
