// SQL that more than one function needs, defined once per database. Macros take columns as they are: no macro evaluates an
// argument that it does not name.
import { MICROSECONDS_BEFORE_1970, TICKS_PER_DAY } from "./expression.ts";

const clock = (ticks: string): string =>
  `lpad(((${ticks}) // 36000000000 % 24)::VARCHAR, 2, '0') || ':' || lpad(((${ticks}) // 600000000 % 60)::VARCHAR, 2, '0')` +
  ` || ':' || lpad(((${ticks}) // 10000000 % 60)::VARCHAR, 2, '0')`;

export const MACROS: readonly string[] = [
  `kql_datetime_text(t) AS strftime(t, '%Y-%m-%dT%H:%M:%S.%f0Z')`,
  `kql_timespan_text(x) AS CASE WHEN x < 0 THEN '-' ELSE '' END
     || CASE WHEN abs(x) >= ${TICKS_PER_DAY} THEN (abs(x) // ${TICKS_PER_DAY})::VARCHAR || '.' ELSE '' END
     || ${clock("abs(x)")}
     || CASE WHEN abs(x) % 10000000 <> 0 THEN '.' || lpad((abs(x) % 10000000)::VARCHAR, 7, '0') ELSE '' END`,
  `kql_real_text(x) AS CASE WHEN isnan(x) THEN 'NaN' WHEN isinf(x) THEN CASE WHEN x > 0 THEN 'Infinity' ELSE '-Infinity' END
     ELSE upper(x::VARCHAR) END`,
  `kql_real_json(x) AS CASE WHEN isfinite(x) THEN to_json(x) ELSE to_json(kql_real_text(x)) END`,
  `kql_decimal_text(x) AS rtrim(rtrim(x::VARCHAR, '0'), '.')`,

  `kql_text_to_long(s) AS CASE
     WHEN regexp_full_match(s, '\\s*[+-]?[0-9]+\\s*') THEN TRY_CAST(s AS BIGINT)
     WHEN regexp_full_match(s, '\\s*0[xX][0-9a-fA-F]{1,15}\\s*') THEN TRY_CAST(trim(s) AS BIGINT)
     ELSE TRY_CAST(trunc(TRY_CAST(s AS DOUBLE)) AS BIGINT) END`,
  `kql_text_to_int(s) AS TRY_CAST(kql_text_to_long(s) AS INTEGER)`,
  `kql_text_to_real(s) AS CASE WHEN regexp_full_match(s, '\\s*0[xX][0-9a-fA-F]+\\s*') THEN kql_text_to_long(s)::DOUBLE ELSE TRY_CAST(s AS DOUBLE) END`,
  `kql_text_to_bool(s) AS CASE WHEN lower(trim(s)) IN ('true', 'yes') THEN TRUE WHEN lower(trim(s)) IN ('false', 'no') THEN FALSE
     ELSE TRY_CAST(s AS BIGINT) <> 0 END`,
  // The plain form is by far the most frequent; all others go through a function that knows them.
  `kql_text_to_datetime(s) AS CASE
     WHEN regexp_full_match(s, '[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,6})?Z?)?') THEN TRY_CAST(s AS TIMESTAMP)
     ELSE make_timestamp(TRY_CAST(kql_read_datetime(s) AS BIGINT)) END`,
  `kql_text_to_timespan(s) AS TRY_CAST(kql_read_timespan(s) AS BIGINT)`,

  // The smallest number divided by -1 does not fit; TRY would say so too, but takes no aggregates.
  `kql_divide(a, b) AS CASE WHEN b = -1 THEN TRY_CAST(-(a::HUGEINT) AS BIGINT) WHEN b <> 0 THEN a // b END`,
  `kql_modulo(a, b) AS CASE WHEN b <> 0 THEN ((a % b) + abs(b)) % abs(b) END`,
  `kql_fmod(a, b) AS CASE WHEN b <> 0 THEN fmod(a, b) END`,
  `kql_ratio(a, b) AS CASE WHEN b <> 0 THEN a / b WHEN b IS NULL THEN NULL WHEN a > 0 THEN 'Infinity'::DOUBLE WHEN a < 0 THEN '-Infinity'::DOUBLE
     WHEN a = 0 THEN 'NaN'::DOUBLE ELSE NULL END`,
  `kql_wrap_int(x) AS (((x) + 2147483648) % 4294967296 + 4294967296) % 4294967296 - 2147483648`,

  `kql_parse_json(s) AS CASE WHEN s = '' THEN NULL WHEN json_valid(s) THEN nullif(s::JSON, 'null'::JSON) ELSE to_json(s) END`,
  `kql_member(j, k) AS nullif(json_extract(j, '$."' || replace(replace(k, '\\', '\\\\'), '"', '\\"') || '"'), 'null'::JSON)`,
  `kql_item(j, i) AS nullif(json_extract(j, CASE WHEN i < 0 THEN '$[#' || i || ']' ELSE '$[' || i || ']' END), 'null'::JSON)`,
  `kql_texts(j) AS CASE json_type(j) WHEN 'ARRAY' THEN list_filter(json_extract_string(j, '$[*]'), lambda x: x IS NOT NULL)
     WHEN 'NULL' THEN []::VARCHAR[] ELSE [json_extract_string(j, '$')] END`,
  `kql_pairs(j, as_arrays) AS list_transform(json_keys(j), lambda "#key":
     CASE WHEN as_arrays THEN json_array("#key", json_extract(j, '$."' || replace(replace("#key", '\\', '\\\\'), '"', '\\"') || '"'))
     ELSE json_object("#key", json_extract(j, '$."' || replace(replace("#key", '\\', '\\\\'), '"', '\\"') || '"')) END)`,
  `kql_elements(j, as_arrays) AS CASE json_type(j) WHEN 'ARRAY' THEN json_extract(j, '$[*]')
     WHEN 'OBJECT' THEN kql_pairs(j, as_arrays) WHEN 'NULL' THEN NULL ELSE [j] END`,
  `kql_set_items(j) AS CASE json_type(j) WHEN 'ARRAY' THEN json_extract(j, '$[*]') WHEN 'NULL' THEN []::JSON[] ELSE [j] END`,

  `kql_any(l) AS coalesce(list_bool_or(coalesce(l, []::BOOLEAN[])), FALSE)`,
  `kql_all(l) AS coalesce(list_bool_and(coalesce(l, []::BOOLEAN[])), TRUE)`,
  `kql_has(s, w, before, after) AS CASE WHEN w = '' THEN TRUE ELSE contains(s, w) AND regexp_matches(s,
     CASE WHEN regexp_matches(w, '^[\\pL\\pN]') THEN before ELSE '' END || regexp_escape(w)
     || CASE WHEN regexp_matches(w, '[\\pL\\pN]$') THEN after ELSE '' END) END`,

  `kql_array_items(j) AS CASE coalesce(json_type(j), 'NULL') WHEN 'ARRAY' THEN json_extract(j, '$[*]') WHEN 'NULL' THEN []::JSON[] ELSE [j] END`,
  `kql_bin(x, size) AS CASE WHEN size > 0 THEN x - ((x % size) + size) % size END`,
  `kql_bin_datetime(t, micros) AS CASE WHEN micros > 0 THEN
     make_timestamp(epoch_us(t) - ((epoch_us(t) + ${MICROSECONDS_BEFORE_1970}) % micros + micros) % micros) END`,
  `kql_count_of(s, w) AS CASE WHEN w = '' THEN '0' ELSE kql_count_text(s, w) END`,

  // Through the values in order, adding up their weights, until these come to the share that is asked for; t carries it along.
  `kql_walk_weights(l, share) AS list_reduce(list_prepend({v: l[1].v, w: 0::BIGINT,
     t: greatest(ceil(share * list_sum(list_transform(l, lambda p: p.w)) - 1e-9), 1)::BIGINT}, l),
     lambda a, p: CASE WHEN a.w >= a.t THEN a ELSE {v: p.v, w: a.w + p.w, t: a.t} END).v`,
  `kql_weighted(l, share) AS kql_walk_weights(list_sort(list_filter(l, lambda p: p.v IS NOT NULL AND p.w > 0)), share)`,

  // Four parts, no more and no fewer: a list is read in one go, where each part by itself takes twice as long.
  `kql_ipv4(s) AS list_reduce(CASE WHEN len(string_split(s, '.')) = 4 THEN TRY_CAST(string_split(s, '.') AS UTINYINT[])::BIGINT[] END,
     lambda a, b: a * 256 + b)`,
  `kql_ipv4_private(v) AS (v BETWEEN 167772160 AND 184549375 OR v BETWEEN 2886729728 AND 2887778303
     OR v BETWEEN 3232235520 AND 3232301055)`,
];
