import { describe, expect, test } from "vitest";
import { type Assessable, assess } from "../../src/findings/assess.ts";
import { anAccount } from "../response/examples.ts";

const numbers = (some: Partial<Assessable> = {}) =>
  assess({
    attempted: 409,
    ambiguous: 0,
    known: [],
    entered: [],
    pressed: [],
    doubts: [],
    whole: true,
    missing: "",
    measured: "Users 409 (threshold 30)",
    ...some,
  });
const ada = anAccount("ada@contoso.example", { because: "50076: a second factor was asked for" });

describe("the level of a campaign, with its severity", () => {
  test("entered is High, and names who and by what", () => {
    const assessment = numbers({ entered: [ada] });
    expect(assessment).toMatchObject({ level: "entered", severity: "High" });
    expect(assessment.because).toContain("ada@contoso.example");
    expect(assessment.because).toContain(ada.because);
  });

  test("known is Medium, High for a privileged account, and High once the second factor was denied or asked for again", () => {
    expect(numbers({ known: [ada] })).toMatchObject({ level: "known", severity: "Medium" });
    expect(numbers({ known: [{ ...ada, privileged: true }] })).toMatchObject({ level: "known", severity: "High" });
    const pressed = numbers({ known: [ada], pressed: ["ada@contoso.example"] });
    expect(pressed).toMatchObject({ level: "known", severity: "High" });
    expect(pressed.because).toContain(
      "The second factor was denied or asked for again afterwards: ada@contoso.example",
    );
  });

  test("possible and attempted are Low", () => {
    expect(numbers({ ambiguous: 2, doubts: ["50055: the password has expired"] })).toMatchObject({
      level: "possible",
      severity: "Low",
    });
    expect(numbers()).toMatchObject({ level: "attempted", severity: "Low" });
  });

  test("an incomplete answer may raise the level and never lowers it, and is said to be incomplete", () => {
    const partly = { whole: false, missing: "the service took too long" };
    expect(numbers(partly)).toMatchObject({ level: "possible", whole: false });
    expect(numbers({ ...partly, known: [ada] }).level).toBe("known");
    expect(numbers({ ...partly, entered: [ada] }).level).toBe("entered");
    expect(numbers(partly).because).toContain("incomplete (the service took too long)");
  });
});
