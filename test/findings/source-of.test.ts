import { expect, test } from "vitest";
import { sourceOf } from "../../src/findings/source-of.ts";

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:DB8:0:0:0:0:0:9", "2001:db8:0:0::/64"],
  ["2001:db8::/64", "2001:db8:0:0::/64"],
  ["2001:0db8:0001:0002:aaaa::1", "2001:db8:1:2::/64"],
  ["2001:db8:1:2::", "2001:db8:1:2::/64"],
  ["::ffff:203.0.113.7", "0:0:0:0::/64"],
  ["::", "0:0:0:0::/64"],
  ["not:an:address", "not:an:address"],
  ["", ""],
])("%s comes from %s", (address, source) => {
  expect(sourceOf(address)).toBe(source);
});
