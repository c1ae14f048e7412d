import assert from 'node:assert/strict';
import { migrationFiles, migrationText, type MigratedChange } from '../../../src/extension/panels/migration';

const AT = new Date('2026-01-31T12:00:00Z');
const CREATE: MigratedChange = {
  title: 'Index on orders (customer_id)',
  change: {
    sql: ['CREATE INDEX CONCURRENTLY orders_customer_idx ON public.orders (customer_id)', 'ANALYZE public.orders'],
    runsInTransaction: false,
    locks: '',
    inverse: ['DROP INDEX CONCURRENTLY public.orders_customer_idx'],
  },
  evidence: { how: 'what-if (shadow)', text: 'cost 100 -> 5' },
};
const DROP: MigratedChange = {
  title: 'Drop public.orders_old',
  change: {
    sql: ['DROP INDEX CONCURRENTLY public.orders_old'],
    runsInTransaction: false,
    locks: '',
    inverse: ["CREATE INDEX CONCURRENTLY orders_old ON public.orders (status) WHERE status = 'it''s'"],
  },
  evidence: { how: 'statistics', text: 'not used\nonce' },
};

const names = (style: Parameters<typeof migrationFiles>[1]): string[] =>
  migrationFiles([CREATE, DROP], style, AT).map(({ name }) => name);

describe('extension/panels/migration', () => {
  it('writes plain SQL with the way back in comments', () => {
    assert.deepEqual(names('sql'), ['indexes.sql']);
    assert.equal(
      migrationText(DROP),
      `-- Drop public.orders_old
-- statistics: not used
-- once
-- Runs outside a transaction.
DROP INDEX CONCURRENTLY public.orders_old;

-- Undo:
-- CREATE INDEX CONCURRENTLY orders_old ON public.orders (status) WHERE status = 'it''s';
`,
    );
  });

  it('writes Flyway files that run outside a transaction', () => {
    assert.deepEqual(names('flyway'), [
      'V20260131120000__create_orders_customer_idx.sql',
      'U20260131120000__create_orders_customer_idx.sql',
      'V20260131120000__create_orders_customer_idx.sql.conf',
      'U20260131120000__create_orders_customer_idx.sql.conf',
      'V20260131120001__drop_public_orders_old.sql',
      'U20260131120001__drop_public_orders_old.sql',
      'V20260131120001__drop_public_orders_old.sql.conf',
      'U20260131120001__drop_public_orders_old.sql.conf',
    ]);
    const [up, , configuration] = migrationFiles([CREATE], 'flyway', AT);
    assert.match(
      up?.text ?? '',
      /^-- Flyway needs flyway\.postgresql\.transactional\.lock=false, .*\n-- Index on .*\n-- what-if .*\nCREATE INDEX .*;\nANALYZE public\.orders;\n$/,
    );
    assert.equal(configuration?.text, 'executeInTransaction=false\n');
  });

  it('gives tools that send a file at once a statement a file', () => {
    assert.deepEqual(names('golang-migrate'), [
      '20260131120000_create_orders_customer_idx.up.sql',
      '20260131120000_create_orders_customer_idx.down.sql',
      '20260131120001_analyze_public_orders.up.sql',
      '20260131120001_analyze_public_orders.down.sql',
      '20260131120002_drop_public_orders_old.up.sql',
      '20260131120002_drop_public_orders_old.down.sql',
    ]);
    for (const { name, text } of migrationFiles([CREATE, DROP], 'golang-migrate', AT)) {
      const statements = text.split('\n').filter(line => line !== '' && !line.startsWith('--'));
      assert.ok(statements.length <= 1, name);
    }
    const [first] = migrationFiles([CREATE], 'dbmate', AT);
    assert.match(
      first?.text ?? '',
      /^-- migrate:up transaction:false\n[\s\S]*CREATE INDEX [^\n]*;\n\n-- migrate:down transaction:false\nDROP INDEX [^\n]*;\n$/,
    );
  });

  it('writes Rails migrations whose SQL is taken as it stands', () => {
    const [, file] = migrationFiles([CREATE, DROP], 'rails', AT);
    assert.equal(file?.name, '20260131120001_drop_public_orders_old.rb');
    assert.equal(
      file.text,
      `# Drop public.orders_old
# statistics: not used once
class DropPublicOrdersOld < ActiveRecord::Migration[7.0]
  disable_ddl_transaction!

  def up
    execute <<~'SQL'
      DROP INDEX CONCURRENTLY public.orders_old
    SQL
  end

  def down
    execute <<~'SQL'
      CREATE INDEX CONCURRENTLY orders_old ON public.orders (status) WHERE status = 'it''s'
    SQL
  end
end
`,
    );
  });
});
