import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type pg from 'pg';
import { splitStatements } from '../../src/core/sql/splitter';

/** The shared benchmark: `build.sql`, and the folders `app`, `olap` and `dml` with one statement a file. */
const FOLDERS = [
  process.env['QUERY_TUNER_ADVISOR_BENCHMARK'],
  resolve(__dirname, '../../../shared/benchmarks/advisor'),
];

export interface BenchQuery {
  readonly name: string;
  readonly sql: string;
}

/** The benchmark's folder, or undefined with what was looked for. */
export function findBenchmark(): string | undefined {
  return FOLDERS.find(folder => folder !== undefined && existsSync(join(folder, 'build.sql')));
}

/** Makes the benchmark's tables: the script is psql's, of whose commands it uses `\set` and `\if` for its scale only. */
export async function buildData(client: pg.Client, folder: string): Promise<void> {
  const text = readFileSync(join(folder, 'build.sql'), 'utf8')
    .replace(/^\\.*$/gm, '')
    .replace(/(?<!:):scale\b/g, '1');
  for (const { start, end } of splitStatements(text)) await client.query(text.slice(start, end));
}

/** One statement a file, in the order of the names. */
export function readQueries(folder: string): BenchQuery[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.sql'))
    .sort()
    .map(name => ({
      name: name.slice(0, -4),
      sql: readFileSync(join(folder, name), 'utf8').trim().replace(/;$/, ''),
    }));
}

/** Several statements in one file, each below a comment that names it. */
export function readScript(file: string): BenchQuery[] {
  const text = readFileSync(file, 'utf8');
  return splitStatements(text).map(({ start, end }, position) => ({
    name: `q${String(position + 1).padStart(2, '0')}`,
    sql: text.slice(start, end),
  }));
}
