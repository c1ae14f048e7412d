import assert from 'node:assert/strict';
import { emptyCatalog, type Catalog, type Relation } from '../../src/core/catalog/catalog';
import { catalogFromText } from '../../src/core/catalog/catalogFromDdl';
import { mergeCatalogs } from '../../src/core/catalog/mergeCatalogs';
import { loadGrammar } from '../../src/core/sql/grammar';
import { splitStatements } from '../../src/core/sql/splitter';
import { CORNERS } from './catalogDdlCorners';
import { SCHEMA_14, SCHEMA_18 } from './catalogDdlSchema';
import { onEachServer, type TestServer } from './servers';

/**
 * What the text alone does not tell, and why. Each is a column of a query whose type takes the server's knowledge of
 * operators and functions; its name is known all the same.
 */
const TYPES_NOT_TOLD: ReadonlySet<string> = new Set([
  'public.figures.sum_or_zero', // coalesce of a numeric and an integer constant
  'public.figures.array', // an array constructor
  'public.nested.sum_or_zero',
  'public.nested.array',
  'public.counting.i', // united with a computed part
  'public.unioned.label', // text united with character varying
  'public.series.n', // result of a function
  'public.series.twice', // result of an operator
  'public.json_view.json_array', // an SQL/JSON constructor
  'public.vv8.current_timestamp', // its decimals are given
  'public.vv4.y', // a constant among values of another type
  'public.vv7.unnest', // result of a function
]);

describe('database/catalogDdl', () => {
  onEachServer('', server => {
    let real: Catalog;
    let read: Catalog;

    before(async function () {
      this.timeout(60_000);
      const text = textFor(server());
      assert.ok(splitStatements(text).length >= 300);
      await server().db.withSession(async session => {
        for (const { start, end } of splitStatements(text)) await session.execute(text.slice(start, end));
      });
      real = await server().db.readCatalog();
      read = catalogFromText(await loadGrammar(), text, emptyCatalog('ddl'));
    });

    const expectSame = (describeOne: (relation: Relation) => readonly string[]): void => {
      const list = ({ relations }: Catalog): string[] =>
        relations.flatMap(relation =>
          describeOne(relation).map(each => `${relation.schema}.${relation.name}: ${each}`),
        );
      const expected = list(real).sort();
      assert.ok(expected.length > 0);
      assert.deepEqual(list(read).sort(), expected);
    };

    it('knows the same relations', () => {
      expectSame(relation => [
        [
          relation.kind,
          relation.isPartition ? 'partition' : '',
          relation.partitionKey ?? '',
          ...(relation.parents ?? []).map(({ schema, name }) => `${schema}.${name}`),
          JSON.stringify(Object.entries(relation.options ?? {}).sort()),
          relation.unlogged ? 'unlogged' : '',
          relation.comment ?? '',
          relation.columnsKnown ?? '',
        ].join(' '),
      ]);
    });

    it('knows the same columns', () => {
      const isTold = ({ schema, name }: Relation, column: string): boolean =>
        !TYPES_NOT_TOLD.has(`${schema}.${name}.${column}`);
      expectSame(relation =>
        relation.columns.map(({ name, type, notNull, generated, defaultExpression, comment }, i) =>
          [
            i,
            name,
            isTold(relation, name) ? type : '',
            notNull,
            generated,
            defaultExpression === undefined ? '' : 'default',
            comment,
          ].join(' '),
        ),
      );
    });

    it('says unknown where it does not know a type', () => {
      const untold = read.relations.flatMap(({ schema, name, columns }) =>
        columns.filter(({ type }) => type === 'unknown').map(column => `${schema}.${name}.${column.name}`),
      );
      assert.ok(untold.length > 0);
      assert.deepEqual(
        untold.filter(column => !TYPES_NOT_TOLD.has(column)),
        [],
      );
    });

    it('knows the same indexes under the same names', () => {
      expectSame(({ indexes }) =>
        indexes.map(({ name, method, unique, primary, valid, keys, include, predicate }) =>
          [name, method, unique, primary, valid, keys.map(squeeze), '+', include, predicate !== undefined].join(' '),
        ),
      );
    });

    it('knows the same constraints under the same names', () => {
      expectSame(({ constraints }) =>
        constraints.map(({ name, kind, columns, references, validated, onDelete }) =>
          [name, kind, columns, references && JSON.stringify(references), validated, onDelete].join(' '),
        ),
      );
    });

    it('knows the same triggers, policies and statistics', () => {
      expectSame(({ triggers, policies, extendedStatistics }) => [
        ...(triggers ?? []).map(each => `${each.name} ${each.function}`),
        ...(policies ?? []).map(({ name, command, permissive, roles, using, check }) =>
          [name, command, permissive, roles, using !== undefined, check !== undefined].join(' '),
        ),
        ...(extendedStatistics ?? []).map(({ name, kinds, columns }) =>
          [name, [...kinds].sort().join(), columns].join(' '),
        ),
      ]);
      const secured = (catalog: Catalog): string[] =>
        catalog.relations.flatMap(({ name, rowSecurity = 'off' }) =>
          rowSecurity === 'off' ? [] : [name, rowSecurity],
        );
      assert.deepEqual(secured(read).sort(), secured(real).sort());
    });

    it('knows the same routines and types', () => {
      // Neither what extensions bring nor the constructors of range types is written anywhere.
      const routines = ({ functions = [] }: Catalog): string[] =>
        functions
          .filter(({ extension, language, kind }) => !extension && (language !== 'internal' || kind === 'aggregate'))
          .map(each => JSON.stringify(each, sorted))
          .sort();
      const types = ({ types: list = [] }: Catalog): string[] => list.map(each => JSON.stringify(each, sorted)).sort();
      assert.ok(routines(real).length > 5 && types(real).length > 5);
      assert.deepEqual(routines(read), routines(real));
      assert.ok(real.functions?.some(({ name, extension }) => name === 'similarity' && extension === 'pg_trgm'));
      assert.deepEqual(types(read), types(real));
    });

    it('adds nothing when both are put together', () => {
      const both = mergeCatalogs(real, read);
      const count = ({ relations }: Catalog): number[] =>
        relations.map(({ columns, indexes, constraints }) => columns.length + indexes.length + constraints.length);
      assert.equal(both.source, 'both');
      assert.deepEqual(count(both), count(real));
      assert.equal(both.functions?.length, real.functions?.length);
    });
  });
});

function textFor({ major }: TestServer): string {
  return SCHEMA_14 + CORNERS + (major >= 18 ? SCHEMA_18 : '');
}

/** Expressions are compared without what the server adds when it prints them: casts, parentheses, capitals. */
function squeeze(key: string): string {
  return key
    .toLowerCase()
    .replace(/::(?:character varying|timestamp with time zone|\w+)/g, '')
    .replace(/[\s()]/g, '');
}

function sorted(_key: string, value: unknown): unknown {
  return value && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b)))
    : value;
}
