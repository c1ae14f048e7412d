import type { Script } from '../sql/script';
import type { ParsedStatement } from '../sql/statement';
import type { Catalog, Column, Constraint, Index, Relation } from './catalog';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Adds what a script's DDL says to a catalog: tables with columns, keys and foreign keys, indexes, views by name.
 * Statements it does not know and statements with syntax errors are passed over; sizes and statistics stay unknown.
 */
export function catalogFromDdl(script: Script, known: Catalog): Catalog {
  const relations = [...known.relations];
  for (const { statement } of script.statements) applyStatement(statement, relations, known.searchPath[0] ?? 'public');
  return { ...known, relations };
}

function applyStatement(statement: ParsedStatement, relations: Relation[], defaultSchema: string): void {
  const { kind, tree } = statement;
  const fields = kind && tree ? (tree[kind] as Fields) : undefined;
  if (!fields) return;
  const at = (relation: unknown): number => {
    const { schema, name } = relationName(relation, defaultSchema);
    return relations.findIndex(r => r.schema === schema && r.name === name);
  };
  if (kind === 'CreateStmt') {
    if (at(fields['relation']) < 0) relations.push(readTable(statement, fields, defaultSchema));
  } else if (kind === 'ViewStmt') {
    if (at(fields['view']) < 0) relations.push(emptyRelation(relationName(fields['view'], defaultSchema), 'view'));
  } else if (kind === 'IndexStmt') {
    const position = at(fields['relation']);
    const relation = relations[position];
    if (relation) relations[position] = { ...relation, indexes: [...relation.indexes, readIndex(statement, fields)] };
  } else if (kind === 'AlterTableStmt') {
    const position = at(fields['relation']);
    const relation = relations[position];
    if (relation)
      relations[position] = nodes(fields['cmds']).reduce<Relation>(
        (r, [, command]) => alter(statement, r, command),
        relation,
      );
  } else if (kind === 'DropStmt') {
    dropNamed(fields, relations, defaultSchema);
  }
}

function dropNamed(fields: Fields, relations: Relation[], defaultSchema: string): void {
  const removed = fields['removeType'];
  for (const [, list] of nodes(fields['objects'])) {
    const names = strings(list['items']);
    const name = names.at(-1);
    const schema = names.at(-2) ?? defaultSchema;
    if (removed === 'OBJECT_INDEX') {
      for (const [i, relation] of relations.entries()) {
        if (relation.schema === schema)
          relations[i] = { ...relation, indexes: relation.indexes.filter(x => x.name !== name) };
      }
    } else if (removed === 'OBJECT_TABLE' || removed === 'OBJECT_VIEW') {
      const position = relations.findIndex(r => r.schema === schema && r.name === name);
      if (position >= 0) relations.splice(position, 1);
    }
  }
}

function readTable(statement: ParsedStatement, fields: Fields, defaultSchema: string): Relation {
  const name = relationName(fields['relation'], defaultSchema);
  const partitioned = typeof fields['partspec'] === 'object' && fields['partspec'] !== null;
  const empty: Relation = {
    ...emptyRelation(name, partitioned ? 'partitioned table' : 'table'),
    isPartition: fields['partbound'] !== undefined,
  };
  return nodes(fields['tableElts']).reduce<Relation>(
    (relation, [type, element]) =>
      type === 'ColumnDef'
        ? addColumn(statement, relation, element)
        : type === 'Constraint'
          ? addConstraint(relation, element, strings(element['keys']))
          : relation,
    empty,
  );
}

function alter(statement: ParsedStatement, relation: Relation, command: Fields): Relation {
  const [definition] = nodes([command['def']]);
  switch (command['subtype']) {
    case 'AT_AddColumn':
      return definition ? addColumn(statement, relation, definition[1]) : relation;
    case 'AT_AddConstraint':
      return definition ? addConstraint(relation, definition[1], strings(definition[1]['keys'])) : relation;
    case 'AT_DropColumn':
      return { ...relation, columns: relation.columns.filter(column => column.name !== command['name']) };
    case 'AT_SetNotNull':
      return {
        ...relation,
        columns: relation.columns.map(c => (c.name === command['name'] ? { ...c, notNull: true } : c)),
      };
    default:
      return relation;
  }
}

function addColumn(statement: ParsedStatement, relation: Relation, definition: Fields): Relation {
  const name = String(definition['colname']);
  const typeName = definition['typeName'] as Fields | undefined;
  const range = typeName && statement.rangeOf('TypeName', typeName);
  const constraints = nodes(definition['constraints']).map(([, constraint]) => constraint);
  const column: Column = {
    name,
    type: range ? statement.text.slice(range.start, range.end) : 'unknown',
    notNull: constraints.some(c => c['contype'] === 'CONSTR_NOTNULL' || c['contype'] === 'CONSTR_PRIMARY'),
  };
  return constraints.reduce<Relation>((r, c) => addConstraint(r, c, [name]), {
    ...relation,
    columns: [...relation.columns, column],
  });
}

function addConstraint(relation: Relation, fields: Fields, columns: readonly string[]): Relation {
  const kind = CONSTRAINT_KINDS[String(fields['contype'])];
  if (!kind) return relation;
  const suffix =
    kind === 'primary key' ? 'pkey' : kind === 'unique' ? `${columns.join('_')}_key` : `${columns.join('_')}_fkey`;
  const name = typeof fields['conname'] === 'string' ? fields['conname'] : `${relation.name}_${suffix}`;
  const constrained = kind === 'foreign key' && fields['fk_attrs'] ? strings(fields['fk_attrs']) : columns;
  const constraint: Constraint = {
    name,
    kind,
    columns: constrained,
    validated: fields['skip_validation'] !== true,
    ...(kind === 'foreign key' && { references: readReference(fields, relation.schema) }),
  };
  const constraints = [...relation.constraints, constraint];
  if (kind === 'foreign key') return { ...relation, constraints };
  const primary = kind === 'primary key';
  const index: Index = {
    name,
    method: 'btree',
    unique: true,
    primary,
    valid: true,
    keys: constrained,
    include: [],
    definition: '',
  };
  const withKey = { ...relation, constraints, indexes: [...relation.indexes, index] };
  return primary
    ? { ...withKey, columns: withKey.columns.map(c => (constrained.includes(c.name) ? { ...c, notNull: true } : c)) }
    : withKey;
}

const CONSTRAINT_KINDS: Readonly<Record<string, Constraint['kind']>> = {
  CONSTR_PRIMARY: 'primary key',
  CONSTR_UNIQUE: 'unique',
  CONSTR_FOREIGN: 'foreign key',
};

function readReference(fields: Fields, defaultSchema: string): NonNullable<Constraint['references']> {
  const { schema, name } = relationName(fields['pktable'], defaultSchema);
  return { schema, relation: name, columns: strings(fields['pk_attrs']) };
}

function readIndex(statement: ParsedStatement, fields: Fields): Index {
  const where = fields['whereClause'];
  const [predicate] = nodes([where]);
  const range = predicate && statement.rangeOf(predicate[0], predicate[1]);
  return {
    name: typeof fields['idxname'] === 'string' ? fields['idxname'] : '',
    method: typeof fields['accessMethod'] === 'string' ? fields['accessMethod'] : 'btree',
    unique: fields['unique'] === true,
    primary: false,
    valid: true,
    keys: nodes(fields['indexParams']).map(([, element]) => indexKey(statement, element)),
    include: nodes(fields['indexIncludingParams']).map(([, element]) => indexKey(statement, element)),
    ...(where !== undefined && { predicate: range ? statement.text.slice(range.start, range.end) : 'unknown' }),
    definition: statement.text,
  };
}

function indexKey(statement: ParsedStatement, element: Fields): string {
  if (typeof element['name'] === 'string') return element['name'];
  const [expression] = nodes([element['expr']]);
  const range = expression && statement.rangeOf(expression[0], expression[1]);
  return range ? statement.text.slice(range.start, range.end) : 'unknown';
}

function emptyRelation(name: { schema: string; name: string }, kind: Relation['kind']): Relation {
  return { ...name, kind, columns: [], indexes: [], constraints: [], isPartition: false };
}

function relationName(relation: unknown, defaultSchema: string): { schema: string; name: string } {
  const fields = (relation ?? {}) as Fields;
  return { schema: String(fields['schemaname'] ?? defaultSchema), name: String(fields['relname'] ?? '') };
}

/** The wrapped nodes of a list, as type and fields. */
function nodes(list: unknown): [string, Fields][] {
  if (!Array.isArray(list)) return [];
  return list.flatMap(node => {
    const entry = node && typeof node === 'object' ? Object.entries(node as object)[0] : undefined;
    return entry && typeof entry[1] === 'object' ? [[entry[0], entry[1] as Fields] as [string, Fields]] : [];
  });
}

function strings(list: unknown): string[] {
  return nodes(list).flatMap(([type, fields]) => (type === 'String' ? [String(fields['sval'] ?? '')] : []));
}
