import { emptyCatalog, type Catalog } from '../core/catalog/catalog';
import { DdlReader } from '../core/catalog/catalogFromDdl';
import { upPartOf } from '../core/catalog/migrationText';
import type { Grammar } from '../core/sql/grammar';
import { readInput } from './io';

interface ReadSchema {
  readonly catalog: Catalog;
  /** For a file that is linted itself, the schema before it. */
  readonly before: ReadonlyMap<string, Catalog>;
}

/** Catalogs of lists of schema files, each list read once. Paths are absolute. */
export class SchemaFiles {
  readonly #known = new Map<string, ReadSchema>();

  /** `linted`: the files that are asked about later. */
  constructor(
    private readonly grammar: Grammar,
    private readonly linted: ReadonlySet<string>,
  ) {}

  /** What the statements of a file find when they run: a migration what the files before it made, others everything. */
  catalogFor(file: string, schemaFiles: readonly string[]): Catalog {
    const key = schemaFiles.join('\0');
    const { catalog, before } = this.#known.get(key) ?? this.#read(key, schemaFiles);
    return before.get(file) ?? catalog;
  }

  #read(key: string, schemaFiles: readonly string[]): ReadSchema {
    const reader = new DdlReader(this.grammar, emptyCatalog('ddl'));
    const before = new Map<string, Catalog>();
    for (const file of schemaFiles) {
      if (this.linted.has(file)) before.set(file, reader.catalog());
      reader.readAll(upPartOf(readInput(file)));
    }
    const schema = { catalog: reader.catalog(), before };
    this.#known.set(key, schema);
    return schema;
  }
}
