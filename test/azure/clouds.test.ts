import { expect, test } from "vitest";
import { cloudNamed, clouds } from "../../src/azure/clouds.ts";
import { Problem } from "../../src/problems.ts";

test.each([
  ["public", "public"],
  ["AzureCloud", "public"],
  ["usGovernment", "usGovernment"],
  ["AzureUSGovernment", "usGovernment"],
])("%s is the cloud %s", (name, expected) => {
  expect(cloudNamed(name).name).toBe(expected);
});

test.each(["china", "AzureChinaCloud"])("%s is refused, with the reason", (name) => {
  expect(() => cloudNamed(name)).toThrow(
    expect.objectContaining({ code: "CloudRefused", message: expect.stringContaining("retired") }),
  );
});

test("a cloud that nobody knows is answered with those that there are", () => {
  expect(() => cloudNamed("germany")).toThrow(Problem);
  expect(() => cloudNamed("germany")).toThrow(
    expect.objectContaining({ advice: "The clouds are: public, usGovernment." }),
  );
});

test("no host of one cloud is used in the other", () => {
  const hosts = (cloud: object): string[] =>
    Object.values(cloud)
      .flatMap((value) => (typeof value === "object" ? hosts(value) : value))
      .filter((value) => value.includes("."));
  expect(hosts(clouds.public).filter((host) => hosts(clouds.usGovernment).includes(host))).toEqual([]);
  expect(hosts(clouds.usGovernment)).toHaveLength(10);
});
