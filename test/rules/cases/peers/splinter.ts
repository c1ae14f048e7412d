import { ACCESS, STATISTICS } from './peerRule';
import type { PeerRule } from './peerRule';

export const SPLINTER: readonly PeerRule[] = [
  {
    name: 'unindexed_foreign_keys',
    sql: 'CREATE TABLE customers (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers (id));',
    rules: ['schema/foreign-key-without-index'],
  },
  {
    name: 'auth_rls_initplan',
    sql: 'CREATE POLICY own_tasks ON agent_tasks USING (owner_id = auth.uid());',
    rules: ['schema/policy-calls-per-row'],
  },
  {
    name: 'no_primary_key',
    sql: 'CREATE TABLE readings (taken_at timestamptz, value int);',
    rules: ['schema/missing-primary-key'],
  },
  { name: 'unused_index', without: STATISTICS },
  {
    name: 'multiple_permissive_policies',
    sql: "CREATE POLICY mine ON agent_tasks FOR SELECT USING (owner = current_user); CREATE POLICY shared ON agent_tasks FOR SELECT USING (visibility = 'public');",
    rules: ['schema/permissive-policies'],
  },
  {
    name: 'duplicate_index',
    sql: 'CREATE INDEX orders_day ON orders (ordered_on); CREATE INDEX orders_ordered_on_idx ON orders (ordered_on);',
    rules: ['index/duplicate-index'],
  },
  {
    name: 'function_search_path_mutable',
    sql: "CREATE FUNCTION total(customer bigint) RETURNS numeric LANGUAGE sql SECURITY DEFINER AS 'SELECT sum(total) FROM orders WHERE customer_id = customer';",
    rules: ['function/security-definer-without-search-path'],
  },
  { name: 'table_bloat', without: STATISTICS },
  {
    name: 'unsupported_reg_types',
    without: 'stops pg_upgrade, which says so itself before it changes anything',
  },
  { name: 'extension_versions_outdated', without: 'only a server knows which version it has installed' },
  ...[
    'auth_users_exposed',
    'policy_exists_rls_disabled',
    'rls_enabled_no_policy',
    'security_definer_view',
    'rls_disabled_in_public',
    'extension_in_public',
    'rls_references_user_metadata',
    'materialized_view_in_api',
    'foreign_table_in_api',
    'insecure_queue_exposed_in_api',
    'fkey_to_auth_unique',
    'sensitive_columns_exposed',
    'rls_policy_always_true',
    'public_bucket_allows_listing',
    'pg_graphql_anon_table_exposed',
    'pg_graphql_authenticated_table_exposed',
    'anon_security_definer_function_executable',
    'authenticated_security_definer_function_executable',
  ].map(name => ({ name, without: ACCESS })),
];
