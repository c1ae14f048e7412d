/** The trigger by which a migration records changes; it does not count as a change of the table. */
export const RECORDING_TRIGGER = 'query_tuner_records_changes';
/** The same for TRUNCATE, which has only statement triggers. */
export const TRUNCATE_TRIGGER = 'query_tuner_records_truncate';

/**
 * A query of one text that changes whenever columns, constraints, indexes, triggers, policies, rules, grants or options
 * of the table do, but by no REINDEX. It prints no expression, so it does not depend on `search_path`.
 */
export function tableFingerprint(oid: string): string {
  return `select md5(concat_ws('|', itself.relacl::text, itself.reloptions::text, itself.relrowsecurity, itself.relforcerowsecurity, itself.relowner,
    (select string_agg(concat_ws(',', a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.atthasdef, a.attidentity,
      a.attgenerated, a.attcollation, a.attacl::text), ';' order by a.attnum)
      from pg_attribute a where a.attrelid = itself.oid and a.attnum > 0 and not a.attisdropped),
    (select string_agg(concat_ws(',', k.conname, k.contype, k.convalidated, k.conkey::text), ';' order by k.conname, k.oid)
      from pg_constraint k where itself.oid in (k.conrelid, k.confrelid)),
    (select string_agg(concat_ws(',', ic.relname, i.indisvalid, i.indisunique, i.indkey::text), ';' order by ic.relname)
      from pg_index i join pg_class ic on ic.oid = i.indexrelid where i.indrelid = itself.oid),
    (select string_agg(concat_ws(',', t.tgname, t.tgtype, t.tgenabled, t.tgfoid), ';' order by t.tgname)
      from pg_trigger t where t.tgrelid = itself.oid and not t.tgisinternal
        and t.tgname not in ('${RECORDING_TRIGGER}', '${TRUNCATE_TRIGGER}')),
    (select string_agg(concat_ws(',', p.polname, p.polcmd, p.polroles::text), ';' order by p.polname)
      from pg_policy p where p.polrelid = itself.oid),
    (select string_agg(concat_ws(',', w.rulename, w.ev_enabled), ';' order by w.rulename)
      from pg_rewrite w where w.ev_class = itself.oid)))
  from pg_class itself where itself.oid = ${oid}`;
}
