import { expect, test } from "vitest";
import { namePattern } from "../../src/kql/name-pattern.ts";

test.each([
  ["SigninLogs", "SigninLogs", true],
  ["SigninLogs", "signinlogs", false],
  ["Sign*", "Sign", true],
  ["*Logs", "SigninLogs", true],
  ["*in*Lo*", "SigninLogs", true],
  ["a*a", "a", false],
  ["a*b*a", "aba", true],
  ["a*ba*a", "aba", false],
  ["*", "", true],
  ["a.c", "abc", false],
])("%s and %s", (pattern, name, fits) => expect(namePattern(pattern)(name)).toBe(fits));
