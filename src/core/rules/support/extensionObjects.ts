/** What extensions bring that nobody else does: operator classes and access methods, types, functions. */
interface ExtensionObjects {
  readonly index: readonly string[];
  readonly types: readonly string[];
  readonly functions: readonly string[];
}

const words = (text: string): readonly string[] => (text === '' ? [] : text.split(' '));
const objects = (index: string, types: string, functions: string): ExtensionObjects => ({
  index: words(index),
  types: words(types),
  functions: words(functions),
});

const EXTENSIONS: Readonly<Record<string, ExtensionObjects>> = {
  pg_trgm: objects(
    'gin_trgm_ops gist_trgm_ops',
    '',
    'similarity word_similarity strict_word_similarity show_trgm set_limit show_limit',
  ),
  vector: objects(
    'hnsw ivfflat vector_l2_ops vector_ip_ops vector_cosine_ops vector_l1_ops halfvec_l2_ops halfvec_ip_ops halfvec_cosine_ops',
    'vector halfvec sparsevec',
    '',
  ),
  'uuid-ossp': objects(
    '',
    '',
    'uuid_generate_v1 uuid_generate_v1mc uuid_generate_v3 uuid_generate_v4 uuid_generate_v5',
  ),
  pgcrypto: objects(
    '',
    '',
    'crypt gen_salt hmac digest gen_random_bytes pgp_sym_encrypt pgp_sym_decrypt pgp_pub_encrypt pgp_pub_decrypt',
  ),
  citext: objects('', 'citext', ''),
  hstore: objects('', 'hstore', ''),
  ltree: objects('gist_ltree_ops', 'ltree lquery', ''),
  postgis: objects(
    '',
    'geometry geography',
    'st_makepoint st_setsrid st_dwithin st_distance st_intersects st_contains',
  ),
  btree_gist: objects('gist_int4_ops gist_int8_ops gist_text_ops gist_uuid_ops gist_timestamptz_ops', '', ''),
  bloom: objects('bloom', '', ''),
  unaccent: objects('', '', 'unaccent'),
  tablefunc: objects('', '', 'crosstab connectby'),
  fuzzystrmatch: objects('', '', 'levenshtein soundex metaphone dmetaphone daitch_mokotoff'),
  timescaledb: objects('', '', 'create_hypertable time_bucket time_bucket_gapfill add_retention_policy'),
};

function byName(part: keyof ExtensionObjects): ReadonlyMap<string, string> {
  return new Map(Object.entries(EXTENSIONS).flatMap(([name, own]) => own[part].map(object => [object, name] as const)));
}

/** Extension by the name of an operator class or access method. */
export const EXTENSION_OF_INDEX = byName('index');
/** Extension by the name of a type. */
export const EXTENSION_OF_TYPE = byName('types');
/** Extension by the name of a function. */
export const EXTENSION_OF_FUNCTION = byName('functions');
