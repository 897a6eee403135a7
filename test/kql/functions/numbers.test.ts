// Error, gamma and beta functions, bits, quantities in other units, and assert().
import { expect, test } from "vitest";
import { cellOf, refusalOf, rowsOf } from "../ask.ts";

// Of dlmf.nist.gov/7.22 and what the functions are to each other.
test.each([
  ["erf(0.5)", 0.5204998778130465],
  ["erfc(0.5)", 0.4795001221869535],
  ["erfc(10)", 2.088487583762545e-45],
  ["erf(-0.2) + erf(0.2)", 0],
  ["gamma(0.5) * gamma(0.5) / pi()", 1],
  ["loggamma(11) - log(3628800)", 0],
  ["beta_cdf(0.5, 2, 3)", 0.6875],
  ["beta_cdf(0.25, 3, 2) + beta_cdf(0.75, 2, 3)", 1],
  ["beta_pdf(0.5, 2, 3)", 1.5],
  ["convert_temperature(212, 'DegreeFahrenheit', 'DegreeCelsius')", 100],
  ["convert_temperature(10, 'DegreeCelsius', 'DegreeDelisle')", 135],
  ["convert_volume(1, 'UsGallon', 'Liter')", 3.785411784],
  ["convert_angle(1, 'Revolution', 'Gradian')", 400],
  ["convert_speed(10, 'MilePerHour', 'KilometerPerHour')", 16.09344],
  ["convert_mass(1, 'Stone', 'Pound')", 14],
  ["convert_energy(1, 'KilowattHour', 'Megajoule')", 3.6],
])("%s", async (expression, expected) => expect(await cellOf(expression)).toBeCloseTo(expected, 12));

test.each([
  ["erf(real(null))", null],
  ["erfc(real(-inf))", 2],
  ["beta_cdf(1, 2, 3)", 1],
  ["beta_pdf(1, 2, 3)", "NaN"],
  ["beta_cdf(0.5, 10001, 3)", "NaN"],
  ["beta_cdf(real(null), 2, 3)", null],
  ["convert_length(1, 'Foot', 'Cubit')", null],
  ["convert_length(real(null), 'Foot', 'Meter')", null],
  ["binary_shift_left(1, 2)", 4],
  ["binary_shift_left(1, 65)", 2],
  ["binary_shift_left(1, -1)", null],
  ["binary_shift_left(3, 63)", "-9223372036854775808"],
  ["assert(1d > 1h and not('a' == 'b'), 'never')", true],
])("%s", async (expression, expected) => expect(await cellOf(expression)).toEqual(expected));

test.each([
  ["gamma(0)", "KQL_RANGE 1:7"],
  // Its weeks are not those of week_of_year(), which took its place: learn.microsoft.com/kusto/query/week-of-year-function
  ["weekofyear(datetime(2024-01-01))", "the function weekofyear() is not supported"],
  ["convert_length(1, 'Parsec', 'Meter')", "how large the service takes a Parsec to be"],
  ["convert_length(1, 'foot', 'Meter')", "is written Foot"],
])("%s is refused", async (expression, why) => expect(await refusalOf(`print ${expression}`)).toContain(why));

test("what is asserted fails the query though no row comes by and the rest is false", async () => {
  const kql = "datatable(x: long)[] | where false and assert(1 > 2, 'one is less')";
  expect(await refusalOf(kql)).toBe("KQL_ASSERT 1:40 assert() has failed with message: 'one is less'");
});

test("what rows alone can tell is not asserted", async () => {
  const kql = "let positive = (n: long) { assert(n > 0, 'n') }; datatable(x: long)[1] | where positive(x)";
  expect(await refusalOf(kql)).toContain("only what the query says itself");
});

test("covariances and bits leave out nulls, and are null of nothing", async () => {
  const rows = "datatable(x: long, y: real)[1, 2, 5, real(null), 3, 6, 12, 8]";
  const asked = "summarize c = covariance(x, y), p = covariancep(x, y), a = binary_all_and(x), o = binary_all_or(x)";
  expect(await rowsOf(`${rows} | where y < 7 or isnull(y) | ${asked}`)).toEqual([[4, 2, 1, 7]]);
  expect(await rowsOf(`${rows} | where x > 99 | ${asked}`)).toEqual([[null, null, null, null]]);
});
