// Distances on the Earth, as hunts for impossible travel ask for them.
import { convert } from "../conversions.ts";
import { type Call, define } from "./registry.ts";

/** Metres; the sphere with which the page's example comes out to its last digit. */
const EARTH_RADIUS = 6_371_010;

/** Haversine; null for what is no place. */
function distance(call: Call): string {
  const spheroid = call.args[4];
  if (spheroid && spheroid.constant !== false) call.refuse("only the sphere is measured, without use_spheroid");
  const [lon1, lat1, lon2, lat2] = call.args.map((e) => convert(e, "real").sql) as [string, string, string, string];
  const squared = (from: string, to: string): string => `pow(sin(radians(${to} - ${from}) / 2), 2)`;
  const chord = `${squared(lat1, lat2)} + cos(radians(${lat1})) * cos(radians(${lat2})) * ${squared(lon1, lon2)}`;
  const valid = [
    ...[lon1, lon2].map((x) => `${x} BETWEEN -180 AND 180`),
    ...[lat1, lat2].map((x) => `${x} BETWEEN -90 AND 90`),
  ];
  return `CASE WHEN ${valid.join(" AND ")} THEN ${2 * EARTH_RADIUS} * asin(least(1, sqrt(${chord}))) END`;
}

export const geo = [
  define(
    "geo_distance_2points",
    "longitude1:number, latitude1:number, longitude2:number, latitude2:number, use_spheroid?:bool",
    "real",
    "own",
    distance,
    { page: "geo-distance-2points-function", note: "metres on a sphere; use_spheroid=true is refused" },
  ),
];
