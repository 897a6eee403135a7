// Texts in the letters of host names: rfc-editor.org/rfc/rfc3492, whose names and figures these are.
const BASE = 36;
const TMIN = 1;
const TMAX = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_N = 128;
const HIGHEST_POINT = 0x10ffff;
const DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789";

function adapt(delta: number, count: number, first: boolean): number {
  let rest = first ? Math.floor(delta / DAMP) : Math.floor(delta / 2);
  rest += Math.floor(rest / count);
  let k = 0;
  for (; rest > ((BASE - TMIN) * TMAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - TMIN));
  return k + Math.floor(((BASE - TMIN + 1) * rest) / (rest + SKEW));
}

const threshold = (k: number, bias: number): number => Math.min(Math.max(k - bias, TMIN), TMAX);

function variableLength(delta: number, bias: number): string {
  let written = "";
  let rest = delta;
  for (let k = BASE; ; k += BASE) {
    const t = threshold(k, bias);
    if (rest < t) return written + DIGITS[rest];
    written += DIGITS[t + ((rest - t) % (BASE - t))];
    rest = Math.floor((rest - t) / (BASE - t));
  }
}

/** Without the prefix xn--. */
export function punycodeOf(text: string): string {
  const points = [...text.toWellFormed()].map((character) => character.codePointAt(0) ?? 0);
  const basic = points.filter((point) => point < INITIAL_N);
  let written = String.fromCodePoint(...basic) + (basic.length > 0 ? "-" : "");
  let [delta, bias, done, lowest] = [0, INITIAL_BIAS, basic.length, INITIAL_N];
  for (const next of [...new Set(points.filter((point) => point >= INITIAL_N))].sort((a, b) => a - b)) {
    delta += (next - lowest) * (done + 1);
    for (const point of points) {
      if (point < next) delta++;
      if (point !== next) continue;
      written += variableLength(delta, bias);
      bias = adapt(delta, done + 1, done === basic.length);
      delta = 0;
      done++;
    }
    delta++;
    lowest = next + 1;
  }
  return written;
}

/** The text; null where it is no punycode. */
export function textOfPunycode(code: string): string | null {
  const cut = code.lastIndexOf("-");
  const basic = code.slice(0, Math.max(cut, 0));
  if (!/^[\0-\x7f]*$/.test(code)) return null;
  const points = [...basic].map((character) => character.codePointAt(0) ?? 0);
  let [i, bias, point] = [0, INITIAL_BIAS, INITIAL_N];
  for (let at = cut > 0 ? cut + 1 : 0; at < code.length; ) {
    const before = i;
    let weight = 1;
    for (let k = BASE; ; k += BASE) {
      const digit = DIGITS.indexOf((code[at++] ?? " ").toLowerCase());
      if (digit < 0) return null;
      i += digit * weight;
      const t = threshold(k, bias);
      if (digit < t) break;
      weight *= BASE - t;
      if (i > Number.MAX_SAFE_INTEGER / BASE || weight > Number.MAX_SAFE_INTEGER / BASE) return null;
    }
    bias = adapt(i - before, points.length + 1, before === 0);
    point += Math.floor(i / (points.length + 1));
    if (point > HIGHEST_POINT || (point >= 0xd800 && point < 0xe000)) return null;
    i %= points.length + 1;
    points.splice(i++, 0, point);
  }
  return points.map((each) => String.fromCodePoint(each)).join("");
}
