/**
 * Words that PostgreSQL 18 refuses as a bare column or table name (reserved, or reserved except as a function or type
 * name), from `pg_get_keywords()`.
 */
const RESERVED = new Set(
  `all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation
  column concurrently constraint create cross current_catalog current_date current_role current_schema current_time
  current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze
  from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit
  localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references
  returning right select session_user similar some symmetric system_user table tablesample then to trailing true union
  unique user using variadic verbose when where window with
  between bigint bit boolean char character coalesce dec decimal exists extract float greatest grouping inout int
  integer interval json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar
  json_serialize json_table json_value least merge_action national nchar none normalize nullif numeric out overlay
  position precision real row setof smallint substring time timestamp treat trim values varchar xmlattributes
  xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable`.split(/\s+/),
);

/** NAMEDATALEN - 1: what PostgreSQL keeps of a name, in bytes (manual, 4.1.1 Identifiers and Key Words). */
export const MAX_NAME_BYTES = 63;

/** The name as it must be written in SQL: quoted only where PostgreSQL's own `quote_ident` would quote it. */
export function quoteIdentifier(name: string): string {
  if (/^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name)) return name;
  return `"${name.replaceAll('"', '""')}"`;
}

/** `schema.name`, or `name` alone. */
export function quoteQualified(schema: string | undefined, name: string): string {
  return schema === undefined ? quoteIdentifier(name) : `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** The text as a string constant, also right if `standard_conforming_strings` is off. */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

/** What PostgreSQL makes of a name token: folded to lower case unless quoted. */
export function identifierOf(token: string): string {
  if (token.startsWith('"'))
    return token.slice(1, token.endsWith('"') && token.length > 1 ? -1 : undefined).replaceAll('""', '"');
  return token.replace(/[A-Z]+/g, upper => upper.toLowerCase());
}
