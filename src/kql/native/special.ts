// Functions of numbers that have no form in SQL.
import type { NativeFunction } from "../functions/registry.ts";

/** Terms after which the sums and fractions below no longer change; they end long before. */
const MOST_TERMS = 10_000;
const SMALLEST = 1e-300;

/** DuckDB writes inf where JavaScript reads Infinity. */
const number = (text: string | null): number => Number((text ?? "NaN").replace("inf", "Infinity"));

/** dlmf.nist.gov/7.6#E2, whose terms are all of one sign. */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < MOST_TERMS && Math.abs(term) > Math.abs(sum) * Number.EPSILON; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** dlmf.nist.gov/7.9#E1, from its far end. */
function erfcFraction(x: number): number {
  let rest = x;
  for (let n = 500; n > 0; n--) rest = x + n / 2 / rest;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / rest;
}

function erfc(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x < 0) return 2 - erfc(-x);
  return x < 1 ? 1 - erfSeries(x) : erfcFraction(x);
}

function erf(x: number): number {
  if (Math.abs(x) < 1) return erfSeries(x);
  return x < 0 ? erfc(-x) - 1 : 1 - erfc(x);
}

/** dlmf.nist.gov/8.17#v by Lentz's method; converges fast below the mean. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < MOST_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    const before = fraction;
    for (const coefficient of [even, odd]) {
      d = 1 / (1 + coefficient * d || SMALLEST);
      c = 1 + coefficient / c || SMALLEST;
      fraction *= c * d;
    }
    if (Math.abs(fraction - before) < Math.abs(fraction) * Number.EPSILON) break;
  }
  return fraction;
}

/** `logBeta` is ln B(a, b). */
function betaCumulated(x: number, a: number, b: number, logBeta: number): number {
  if (x === 0 || x === 1) return x;
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta);
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

export const specialFunctions: readonly NativeFunction[] = [
  { name: "kql_erf", arguments: 1, run: (x) => x && String(erf(number(x))) },
  { name: "kql_erfc", arguments: 1, run: (x) => x && String(erfc(number(x))) },
  {
    name: "kql_beta_cdf",
    arguments: 4,
    run: (...given) => {
      const [x = 0, a = 0, b = 0, logBeta = 0] = given.map(number);
      return String(betaCumulated(x, a, b, logBeta));
    },
  },
];
