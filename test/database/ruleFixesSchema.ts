import type { Fields, Scope, Source } from '../../src/core/sql/names/scope';
import { namesOf } from '../../src/core/sql/names/namesOf';
import type { ParsedStatement } from '../../src/core/sql/statement';
import { unwrap, walk, wrappedNodes } from '../../src/core/sql/walk';

/** How the tables of a statement are guessed; what cannot be known from its text is tried in several ways. */
export interface Guess {
  readonly moment: 'timestamptz' | 'timestamp' | 'date';
  readonly integer: 'bigint' | 'integer' | 'numeric' | 'real' | 'double precision';
  readonly text: 'text' | 'varchar(40)' | 'char(12)';
  readonly notNull: boolean;
  /** True if a column `id` is the primary key. */
  readonly keyed: boolean;
}

export const PLAIN: Guess = { moment: 'timestamptz', integer: 'bigint', text: 'text', notNull: false, keyed: false };

/** The plain guess, and each other choice with the rest plain. */
export const GUESSES: readonly Guess[] = [
  PLAIN,
  { ...PLAIN, moment: 'timestamp' },
  { ...PLAIN, moment: 'date' },
  { ...PLAIN, integer: 'integer' },
  { ...PLAIN, integer: 'numeric' },
  { ...PLAIN, integer: 'real' },
  { ...PLAIN, integer: 'double precision' },
  { ...PLAIN, text: 'varchar(40)' },
  { ...PLAIN, text: 'char(12)' },
  { ...PLAIN, keyed: true },
  { ...PLAIN, notNull: true },
  { ...PLAIN, notNull: true, moment: 'timestamp', text: 'char(12)' },
];

type Kind = 'integer' | 'decimal' | 'string' | 'moment' | 'boolean' | 'json' | 'uuid' | 'interval';

interface GuessedColumn {
  readonly name: string;
  kind?: Kind;
  isArray: boolean;
}

type Tables = Map<string, Map<string, GuessedColumn>>;

/** DDL for the tables that statements name and do not make themselves; the empty text if they name none. */
export function guessSchema(statements: readonly ParsedStatement[], guess: Guess): string {
  const tables: Tables = new Map();
  const made = new Set<string>();
  for (const statement of statements) {
    for (const one of [statement, ...statement.inner.map(inner => inner.statement)]) collect(one, tables, made);
    for (const name of madeBy(statement)) made.add(name);
  }
  const lines = [...tables.keys()].flatMap(name => {
    const [first, second] = name.split('.');
    return second === undefined ? [] : [`CREATE SCHEMA IF NOT EXISTS ${quote(first!)};`];
  });
  for (const [name, columns] of tables) {
    const all = columns.size > 0 ? [...columns.values()] : [{ name: 'id', isArray: false }];
    const definitions = all.map(column => `${quote(column.name)} ${typeOf(column, guess)}${constraint(column, guess)}`);
    lines.push(`CREATE TABLE ${name.split('.').map(quote).join('.')} (${definitions.join(', ')});`);
  }
  return [...new Set(lines)].join('\n');
}

function constraint({ name }: GuessedColumn, { keyed, notNull }: Guess): string {
  if (keyed && name === 'id') return ' PRIMARY KEY';
  return notNull ? ' NOT NULL' : '';
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function madeBy({ tree }: ParsedStatement): string[] {
  const made: string[] = [];
  walk(tree, (type, fields) => {
    if (type === 'CreateStmt' || type === 'ViewStmt') made.push(nameOf(fields.relation ?? fields.view));
    if (type === 'IntoClause') made.push(nameOf(fields.rel));
  });
  return made;
}

function nameOf(range: unknown): string {
  const { schemaname, relname } = (range ?? {}) as Record<string, string | undefined>;
  return schemaname === undefined ? (relname ?? '') : `${schemaname}.${relname ?? ''}`;
}

function collect(statement: ParsedStatement, tables: Tables, made: ReadonlySet<string>): void {
  const names = namesOf(statement);
  const own = new Set([...made, ...madeBy(statement)]);
  const tableOf = (name: string): Map<string, GuessedColumn> | undefined => {
    if (own.has(name) || /^(?:pg_|information_schema\.)/.test(name)) return undefined;
    const known = tables.get(name) ?? new Map<string, GuessedColumn>();
    tables.set(name, known);
    return known;
  };
  const columnOf = (table: string, name: string): GuessedColumn | undefined => {
    const columns = tableOf(table);
    const known = columns?.get(name) ?? { name, isArray: false };
    columns?.set(name, known);
    return known;
  };
  for (const { fields, cte } of names.relations) if (!cte) tableOf(nameOf(fields));
  const found = new Map<object, GuessedColumn>();
  for (const use of names.columns.values()) {
    if (use.star || use.output?.when === 'only') continue;
    const parts = use.parts;
    const column = parts.at(-1)!;
    const outputs = use.output?.of.outputs.map(output => ('name' in output ? output.name : ''));
    if (use.output?.when === 'first' && parts.length === 1 && outputs?.includes(column)) continue;
    const table = sourceOf(use.scope, parts.length > 1 ? parts.at(-2) : undefined, column);
    const guessed = table === undefined ? undefined : columnOf(table, column);
    if (guessed) found.set(use.fields, guessed);
  }
  for (const { name, source } of names.targets) columnOf(nameOf(source.table && asRange(source.table)), name);
  walk(statement.tree, (type, fields) => {
    if (type === 'IndexStmt') {
      const table = nameOf(fields.relation);
      for (const item of [...wrappedNodes(fields.indexParams), ...wrappedNodes(fields.indexIncludingParams)])
        if (typeof item.fields.name === 'string') columnOf(table, item.fields.name);
    }
    readKinds(type, fields, node => found.get(unwrap(node)?.fields ?? {}));
  });
}

function asRange({ schema, name }: { readonly schema?: string; readonly name: string }): Fields {
  return { ...(schema !== undefined && { schemaname: schema }), relname: name };
}

/** The table that a column name most likely belongs to: the first that can be named, from the inside out. */
function sourceOf(scope: Scope, qualifier: string | undefined, column: string): string | undefined {
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const sources = at.items.flatMap(leaves);
    for (const source of sources) {
      if (qualifier !== undefined && source.name !== qualifier) continue;
      if (source.kind === 'table') return nameOf(asRange(source.table));
      if (source.kind === 'excluded' || source.kind === 'old' || source.kind === 'new')
        return nameOf(asRange(source.of.table));
      if (qualifier !== undefined || hasOutput(source, column)) return undefined;
    }
    // What an outer query could give as well is taken for its own.
    if (qualifier === undefined && sources.length > 0) return undefined;
  }
  return undefined;
}

function leaves(source: Source): Source[] {
  return source.kind === 'join' ? [...leaves(source.left), ...leaves(source.right)] : [source];
}

function hasOutput(source: Source, column: string): boolean {
  if (source.columnAliases.includes(column)) return true;
  if (source.kind === 'cte') return source.cte.columnNames.includes(column) || has(source.cte.query.outputs);
  if (source.kind === 'subquery') return has(source.query.outputs);
  return source.kind === 'function' && source.name === column;

  function has(outputs: readonly { readonly kind: string; readonly name?: string }[]): boolean {
    return outputs.some(output => output.name === column || output.kind === 'star');
  }
}

/** What the use of columns in one node says of their types. */
function readKinds(type: string, fields: Fields, columnAt: (node: unknown) => GuessedColumn | undefined): void {
  const say = (node: unknown, kind: Kind | undefined, isArray = false): void => {
    const column = columnAt(node);
    if (!column || kind === undefined) return;
    if (column.kind === undefined || (column.kind === 'integer' && kind === 'decimal')) column.kind = kind;
    if (isArray) column.isArray = true;
  };
  const both = (left: unknown, right: unknown): void => {
    say(left, kindOf(right));
    say(right, kindOf(left));
  };
  const args = wrappedNodes(fields.args).map(({ type: name, fields: inner }) => ({ [name]: inner }));
  switch (type) {
    case 'A_Expr': {
      const operator = wrappedNodes(fields.name).map(({ fields: name }) => String(name.sval))[0] ?? '';
      const { lexpr, rexpr, kind } = fields;
      if (kind === 'AEXPR_OP_ANY' || kind === 'AEXPR_OP_ALL') say(rexpr, kindOf(lexpr) ?? 'integer', true);
      else if (kind === 'AEXPR_LIKE' || kind === 'AEXPR_ILIKE' || operator === '||') {
        say(lexpr, 'string');
        say(rexpr, 'string');
      } else if (/^(?:->|->>|#>>?|@>|\?)$/.test(operator)) say(lexpr, 'json');
      else if (kindOf(rexpr) === 'interval') say(lexpr, 'moment');
      else if (kind === 'AEXPR_IN' || kind === 'AEXPR_BETWEEN')
        for (const item of wrappedNodes(rexpr)) say(lexpr, kindOf({ [item.type]: item.fields }));
      else both(lexpr, rexpr);
      return;
    }
    case 'CoalesceExpr':
      return both(args[0], args[1]);
    case 'BoolExpr':
      return args.forEach(arg => say(arg, 'boolean'));
    case 'BooleanTest':
      return say(fields.arg, 'boolean');
    case 'SelectStmt':
    case 'UpdateStmt':
    case 'DeleteStmt':
      return say(fields.whereClause, 'boolean');
    case 'FuncCall': {
      const name = String(wrappedNodes(fields.funcname).at(-1)?.fields.sval);
      if (/^(?:date|date_part|date_trunc|extract)$/.test(name)) args.forEach(arg => say(arg, 'moment'));
      if (/^(?:lower|upper|btrim|length|left|to_tsvector)$/.test(name)) args.forEach(arg => say(arg, 'string'));
      if (/^(?:sum|avg|round|abs)$/.test(name)) args.forEach(arg => say(arg, 'decimal'));
      return;
    }
    default:
  }
}

function kindOf(value: unknown): Kind | undefined {
  const node = unwrap(value);
  if (!node) return undefined;
  const { type, fields } = node;
  if (type === 'A_Const') {
    if (fields.ival) return 'integer';
    if (fields.fval) return 'decimal';
    if (fields.boolval) return 'boolean';
    const text = (fields.sval as { sval?: string } | undefined)?.sval;
    if (text === undefined) return undefined;
    return /^\d{4}-\d\d?-\d\d?/.test(text) ? 'moment' : 'string';
  }
  if (type === 'TypeCast') {
    const name = String(wrappedNodes((fields.typeName as Fields).names).at(-1)?.fields.sval);
    if (/^(?:date|timestamp)/.test(name)) return 'moment';
    if (name === 'interval') return 'interval';
    if (/^int/.test(name)) return 'integer';
    return name === 'uuid' ? 'uuid' : undefined;
  }
  if (type === 'SQLValueFunction') return 'moment';
  if (type === 'FuncCall') {
    const name = String(wrappedNodes(fields.funcname).at(-1)?.fields.sval);
    return name === 'now' ? 'moment' : name === 'uid' ? 'uuid' : undefined;
  }
  if (type === 'SubLink') return kindOf(selectedValue(fields.subselect));
  if (type === 'A_Expr') return kindOf(fields.lexpr) ?? kindOf(fields.rexpr);
  return undefined;
}

function typeOf({ name, kind, isArray }: GuessedColumn, guess: Guess): string {
  const types: Readonly<Record<Kind, string>> = {
    integer: guess.integer,
    decimal: guess.integer === 'bigint' || guess.integer === 'integer' ? 'numeric' : guess.integer,
    string: guess.text,
    moment: guess.moment,
    boolean: 'boolean',
    json: 'jsonb',
    uuid: 'uuid',
    interval: 'interval',
  };
  return types[kind ?? kindNamed(name)] + (isArray || /^tags$/.test(name) ? '[]' : '');
}

function kindNamed(name: string): Kind {
  if (/(?:^|_)id$|^(?:n|x|y|count|priority|line|quantity)$|_(?:count|no)$/.test(name)) return 'integer';
  if (/_(?:at|on)$|^(?:at|day|date|ts)$|_(?:timestamp|date|time)$/.test(name)) return 'moment';
  if (/total|amount|price|litres|fat|weight|balance|temperature/.test(name)) return 'decimal';
  if (/^(?:is|has)_|^(?:open|kept|closed|active|archived|paid|done)$/.test(name)) return 'boolean';
  if (/payload|metadata|document|settings/.test(name)) return 'json';
  if (/name|status|state|note|kind|title|body|country|email|zone|tags|code|region|search/.test(name)) return 'string';
  return 'integer';
}

function selectedValue(query: unknown): unknown {
  return wrappedNodes(unwrap(query)?.fields.targetList)[0]?.fields.val;
}
