// --set single-factor-spray.users=20 -> thresholds of one run.
import type { Thresholds } from "../findings/thresholds.ts";
import type { Hunt } from "../hunts/hunt.ts";
import { UsageError } from "./usage.ts";

const FORM = /^([^.=\s]+)\.([^.=\s]+)=(.+)$/;

/** Hunt's name -> threshold -> number. Throws a UsageError that names what there is to set. */
export function readOverrides(
  settings: readonly string[],
  hunts: readonly Hunt[],
): Readonly<Record<string, Thresholds>> {
  const overrides: Record<string, Record<string, number>> = {};
  for (const setting of settings) {
    const [, slug = "", name = "", text = ""] = FORM.exec(setting) ?? [];
    if (slug === "")
      throw new UsageError(
        `--set "${setting}" is not of the form hunt.threshold=number.`,
        "For example --set single-factor-spray.users=20.",
      );
    const hunt = hunts.find((each) => each.slug === slug);
    if (!hunt)
      throw new UsageError(
        `--set "${setting}": there is no hunt "${slug}" in this run.`,
        `The hunts are: ${hunts.map((each) => each.slug).join(", ")}.`,
      );
    const known = Object.keys(hunt.responder?.thresholds ?? {});
    if (!known.includes(name)) {
      throw new UsageError(
        `--set "${setting}": "${slug}" has no threshold "${name}".`,
        `It has: ${known.join(", ") || "none"}.`,
      );
    }
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value) || value < 0) {
      throw new UsageError(
        `--set "${setting}": "${text}" is not a number of zero or more.`,
        "For example --set single-factor-spray.users=20.",
      );
    }
    const { least } = hunt.responder?.thresholds[name] ?? { least: 0 };
    if (value < least) {
      throw new UsageError(
        `--set "${setting}": the question of "${slug}" returns nothing below ${least}.`,
        `Ask for ${least} or more; single failures are among the hunt's rows (--json).`,
      );
    }
    overrides[slug] = { ...overrides[slug], [name]: value };
  }
  return overrides;
}
