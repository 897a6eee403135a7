// Quantities in other units. What a unit is worth is its international definition, which the examples of the pages agree
// with; units that have several (calories, pints, astronomical ones) are refused by name.
import { type Expression, nullOf } from "../expression.ts";
import { textSql } from "../sql-text.ts";
import { type Call, define } from "./registry.ts";

interface Quantity {
  /** Each unit in terms of one of them. */
  readonly units: Readonly<Record<string, number>>;
  /** Units that the page lists and whose worth it does not tell. */
  readonly unsure: readonly string[];
}

const INCH = 0.0254;
const FOOT = 0.3048;
const YARD = 0.9144;
const MILE = 1609.344;
const POUND = 0.45359237;
const GRAVITY = 9.80665;
const BTU = 1055.05585262;
const ELECTRON_VOLT = 1.602176634e-19;
const US_GALLON = 0.003785411784;
const IMPERIAL_GALLON = 0.00454609;
const CUBIC_FOOT = FOOT ** 3;
/** The page of convert_volume prints it with these digits. */
const ACRE_FEET_OF_A_CUBIC_METER = 0.000810714;

const words = (text: string): readonly string[] => text.split(" ");

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** The units of a speed: a length per second, minute and hour. */
function speeds(lengths: Readonly<Record<string, number>>): Record<string, number> {
  const seconds = { Second: 1, Minute: 60, Hour: 3600 };
  return Object.fromEntries(
    Object.entries(lengths).flatMap(([length, meters]) =>
      Object.entries(seconds).map(([time, per]) => [`${length}Per${time}`, meters / per]),
    ),
  );
}

const QUANTITIES: Readonly<Record<string, Quantity>> = {
  angle: {
    units: {
      Arcminute: radians(1 / 60),
      Arcsecond: radians(1 / 3600),
      Centiradian: 1e-2,
      Deciradian: 1e-1,
      Degree: radians(1),
      Gradian: radians(0.9),
      Microdegree: radians(1e-6),
      Microradian: 1e-6,
      Millidegree: radians(1e-3),
      Milliradian: 1e-3,
      Nanodegree: radians(1e-9),
      Nanoradian: 1e-9,
      NatoMil: radians(9 / 160),
      Radian: 1,
      Revolution: radians(360),
    },
    unsure: ["Tilt"],
  },
  energy: {
    units: {
      BritishThermalUnit: BTU,
      ElectronVolt: ELECTRON_VOLT,
      Erg: 1e-7,
      FootPound: POUND * GRAVITY * FOOT,
      GigabritishThermalUnit: BTU * 1e9,
      GigaelectronVolt: ELECTRON_VOLT * 1e9,
      Gigajoule: 1e9,
      GigawattDay: 8.64e13,
      GigawattHour: 3.6e12,
      Joule: 1,
      KilobritishThermalUnit: BTU * 1e3,
      KiloelectronVolt: ELECTRON_VOLT * 1e3,
      Kilojoule: 1e3,
      KilowattDay: 8.64e7,
      KilowattHour: 3.6e6,
      MegabritishThermalUnit: BTU * 1e6,
      MegaelectronVolt: ELECTRON_VOLT * 1e6,
      Megajoule: 1e6,
      MegawattDay: 8.64e10,
      MegawattHour: 3.6e9,
      Millijoule: 1e-3,
      TeraelectronVolt: ELECTRON_VOLT * 1e12,
      TerawattDay: 8.64e16,
      TerawattHour: 3.6e15,
      WattDay: 8.64e4,
      WattHour: 3.6e3,
    },
    unsure: words(
      "Calorie DecathermEc DecathermImperial DecathermUs HorsepowerHour Kilocalorie Megacalorie ThermEc ThermImperial ThermUs",
    ),
  },
  force: {
    units: {
      Decanewton: 10,
      Dyn: 1e-5,
      KilogramForce: GRAVITY,
      Kilonewton: 1e3,
      KiloPond: GRAVITY,
      KilopoundForce: POUND * GRAVITY * 1e3,
      Meganewton: 1e6,
      Micronewton: 1e-6,
      Millinewton: 1e-3,
      Newton: 1,
      OunceForce: (POUND * GRAVITY) / 16,
      Poundal: POUND * FOOT,
      PoundForce: POUND * GRAVITY,
      ShortTonForce: POUND * GRAVITY * 2000,
      TonneForce: GRAVITY * 1e3,
    },
    unsure: [],
  },
  length: {
    units: {
      Angstrom: 1e-10,
      AstronomicalUnit: 149_597_870_700,
      Centimeter: 1e-2,
      Chain: 22 * YARD,
      Decameter: 10,
      Decimeter: 1e-1,
      Fathom: 2 * YARD,
      Foot: FOOT,
      Hand: 4 * INCH,
      Hectometer: 1e2,
      Inch: INCH,
      Kilometer: 1e3,
      Meter: 1,
      Microinch: INCH * 1e-6,
      Micrometer: 1e-6,
      Mil: INCH / 1e3,
      Mile: MILE,
      Millimeter: 1e-3,
      Nanometer: 1e-9,
      NauticalMile: 1852,
      Twip: INCH / 1440,
      UsSurveyFoot: 1200 / 3937,
      Yard: YARD,
    },
    unsure: words(
      "DataMile DtpPica DtpPoint KilolightYear Kiloparsec LightYear MegalightYear Megaparsec Parsec PrinterPica PrinterPoint Shackle SolarRadius",
    ),
  },
  mass: {
    units: {
      Centigram: 1e-5,
      Decagram: 1e-2,
      Decigram: 1e-4,
      Grain: POUND / 7000,
      Gram: 1e-3,
      Hectogram: 1e-1,
      Kilogram: 1,
      Kilopound: POUND * 1e3,
      Kilotonne: 1e6,
      LongHundredweight: POUND * 112,
      LongTon: POUND * 2240,
      Megapound: POUND * 1e6,
      Megatonne: 1e9,
      Microgram: 1e-9,
      Milligram: 1e-6,
      Nanogram: 1e-12,
      Ounce: POUND / 16,
      Pound: POUND,
      ShortHundredweight: POUND * 100,
      ShortTon: POUND * 2000,
      Slug: (POUND * GRAVITY) / FOOT,
      Stone: POUND * 14,
      Tonne: 1e3,
    },
    unsure: ["EarthMass", "SolarMass"],
  },
  speed: {
    units: {
      ...speeds({
        Centimeter: 1e-2,
        Decimeter: 1e-1,
        Foot: FOOT,
        Inch: INCH,
        Kilometer: 1e3,
        Meter: 1,
        Micrometer: 1e-6,
        Mile: MILE,
        Millimeter: 1e-3,
        Nanometer: 1e-9,
        UsSurveyFoot: 1200 / 3937,
        Yard: YARD,
      }),
      Knot: 1852 / 3600,
    },
    unsure: [],
  },
  volume: {
    units: {
      AcreFoot: 1 / ACRE_FEET_OF_A_CUBIC_METER,
      BoardFoot: CUBIC_FOOT / 12,
      Centiliter: 1e-5,
      CubicCentimeter: 1e-6,
      CubicDecimeter: 1e-3,
      CubicFoot: CUBIC_FOOT,
      CubicHectometer: 1e6,
      CubicInch: INCH ** 3,
      CubicKilometer: 1e9,
      CubicMeter: 1,
      CubicMicrometer: 1e-18,
      CubicMile: MILE ** 3,
      CubicMillimeter: 1e-9,
      CubicYard: YARD ** 3,
      Decaliter: 1e-2,
      DecausGallon: US_GALLON * 10,
      Deciliter: 1e-4,
      DeciusGallon: US_GALLON / 10,
      HectocubicFoot: CUBIC_FOOT * 1e2,
      HectocubicMeter: 1e2,
      Hectoliter: 0.1,
      HectousGallon: US_GALLON * 1e2,
      ImperialGallon: IMPERIAL_GALLON,
      KilocubicFoot: CUBIC_FOOT * 1e3,
      KilocubicMeter: 1e3,
      KiloimperialGallon: IMPERIAL_GALLON * 1e3,
      Kiloliter: 1,
      KilousGallon: US_GALLON * 1e3,
      Liter: 1e-3,
      MegacubicFoot: CUBIC_FOOT * 1e6,
      MegaimperialGallon: IMPERIAL_GALLON * 1e6,
      Megaliter: 1e3,
      MegausGallon: US_GALLON * 1e6,
      Microliter: 1e-9,
      Milliliter: 1e-6,
      UsGallon: US_GALLON,
    },
    unsure: words(
      "AuTablespoon ImperialBeerBarrel ImperialOunce ImperialPint MetricCup MetricTeaspoon OilBarrel UkTablespoon UsBeerBarrel UsCustomaryCup UsLegalCup UsOunce UsPint UsQuart UsTablespoon UsTeaspoon",
    ),
  },
};

/** Kelvin are `zero` and so many times the degrees. */
const TEMPERATURES: Readonly<Record<string, { readonly zero: number; readonly degree: number }>> = {
  DegreeCelsius: { zero: 273.15, degree: 1 },
  DegreeDelisle: { zero: 373.15, degree: -2 / 3 },
  DegreeFahrenheit: { zero: 273.15 - 32 / 1.8, degree: 1 / 1.8 },
  DegreeNewton: { zero: 273.15, degree: 100 / 33 },
  DegreeRankine: { zero: 0, degree: 1 / 1.8 },
  DegreeReaumur: { zero: 273.15, degree: 1.25 },
  DegreeRoemer: { zero: 273.15 - (7.5 * 40) / 21, degree: 40 / 21 },
  Kelvin: { zero: 0, degree: 1 },
  MillidegreeCelsius: { zero: 273.15, degree: 1e-3 },
};

/** What a unit is worth; null where the page knows none of that name, which makes the answer null. */
function worth<T>(
  call: Call,
  position: number,
  units: Readonly<Record<string, T>>,
  unsure: readonly string[],
): T | null {
  const name = call.args[position]?.constant;
  if (typeof name !== "string") return call.refuse("the units must be constants");
  const found = Object.hasOwn(units, name) ? units[name] : undefined;
  if (found !== undefined) return found;
  if (unsure.includes(name)) return call.refuse(`how large the service takes a ${name} to be is not documented`);
  const known = [...Object.keys(units), ...unsure].find((each) => each.toLowerCase() === name.toLowerCase());
  return known ? call.refuse(`the unit ${textSql(name)} is written ${known}`) : null;
}

function converted(call: Call, { units, unsure }: Quantity): Expression | string {
  const [from, to] = [worth(call, 1, units, unsure), worth(call, 2, units, unsure)];
  if (from === null || to === null) return nullOf("real");
  return `(${call.args[0]?.sql} * '${from}'::DOUBLE / '${to}'::DOUBLE)`;
}

function convertedTemperature(call: Call): Expression | string {
  const [from, to] = [
    worth(call, 1, TEMPERATURES, ["SolarTemperature"]),
    worth(call, 2, TEMPERATURES, ["SolarTemperature"]),
  ];
  if (from === null || to === null) return nullOf("real");
  const kelvin = `(${call.args[0]?.sql} * '${from.degree}'::DOUBLE + '${from.zero}'::DOUBLE)`;
  return `((${kelvin} - '${to.zero}'::DOUBLE) / '${to.degree}'::DOUBLE)`;
}

const TAKES = "value:real, from:string, to:string";

export const units = [
  ...Object.entries(QUANTITIES).map(([name, quantity]) =>
    define(
      `convert_${name}`,
      TAKES,
      "real",
      "own",
      (call) => converted(call, quantity),
      quantity.unsure.length > 0 ? { note: `refused: ${quantity.unsure.join(", ")}` } : {},
    ),
  ),
  define("convert_temperature", TAKES, "real", "own", convertedTemperature, { note: "refused: SolarTemperature" }),
];
