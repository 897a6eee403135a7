// project-by-names, and the names of a table's columns.
import { expect, test } from "vitest";
import { columnsOf, refusalOf } from "../ask.ts";

const ROW = "print User = 'a@contoso.example', City = 'Bern', Country = 'CH', Count = 1";

test("columns stand in the order in which they are first asked for, each once", async () => {
  expect(await columnsOf(`${ROW} | project-by-names "Co*", "City", "C*", "user", dynamic(["User", "Nobody"])`)).toBe(
    "Country:string, Count:long, City:string, User:string",
  );
});

test("of a table that was handed to a function, all columns are named", async () => {
  const kql = `let firsts = (T: (User: string)) { T | extend Extra = 1 | project-by-names column_names_of(T) };
    ${ROW} | invoke firsts()`;
  expect(await columnsOf(kql)).toBe("User:string, City:string, Country:string, Count:long");
});

test.each([
  [`${ROW} | project-by-names "Nobody"`, "none of the columns has such a name"],
  [`${ROW} | project-by-names dynamic(["User", 1])`, "only constant names"],
  ["print x = column_names_of('User')", "KS"],
])("%s is refused", async (kql, why) => expect(await refusalOf(kql)).toContain(why));
