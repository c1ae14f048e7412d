import type { SourceRange } from '../../base/sourceRange';
import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import type { RuleContext } from '../defineRule';
import type { NodeFields, NodeMatch } from '../nodeIndex';
import { isSerial, typeOfNode } from './dataTypes';
import { list } from './expressions';

/** A column as CREATE TABLE or ALTER TABLE ... ADD COLUMN writes it. */
export interface ColumnDefinition {
  readonly name: string;
  /** Internal name of the type, `int8`. */
  readonly type: string;
  readonly isSerial: boolean;
  /** A length or precision is given. */
  readonly hasModifier: boolean;
  readonly typeRange: SourceRange;
  readonly nameRange: SourceRange;
  /** Kinds of its own constraints, `CONSTR_NOTNULL`. */
  readonly constraints: ReadonlySet<string>;
  readonly defaultValue?: unknown;
  readonly match: NodeMatch;
}

type Context = Pick<RuleContext<Readonly<Record<string, string>>, never>, 'statement' | 'find'>;

/** Many rules ask for them, one after the other, and share the nodes of a statement. */
const known = new WeakMap<readonly NodeMatch[], readonly ColumnDefinition[]>();

/** The columns a CREATE TABLE or ALTER TABLE defines; none for temporary tables, which end with their session. */
export function columnDefinitions({ statement, find }: Context): readonly ColumnDefinition[] {
  const relation = unwrap(statement.tree)?.fields.relation as NodeFields | undefined;
  if (!relation || relation.relpersistence === 't') return [];
  const nodes = find('ColumnDef');
  const found = known.get(nodes) ?? nodes.flatMap(match => readDefinition(statement, match));
  known.set(nodes, found);
  return found;
}

function readDefinition(statement: ParsedStatement, match: NodeMatch): ColumnDefinition[] {
  const { fields } = match;
  const typeName = fields.typeName as NodeFields | undefined;
  const type = typeOfNode(typeName);
  const typeRange = typeName && statement.rangeOf('TypeName', typeName);
  const whole = statement.rangeOf('ColumnDef', fields);
  if (typeof fields.colname !== 'string' || !typeName || type === undefined || !typeRange || !whole) return [];
  const word = /^(?:"(?:[^"]|"")*"|[^\s(,]+)/.exec(statement.text.slice(whole.start));
  const constraints = list(fields.constraints).flatMap(constraint => unwrap(constraint)?.fields ?? []) as NodeFields[];
  const given = constraints.find(({ contype }) => contype === 'CONSTR_DEFAULT');
  return [
    {
      name: fields.colname,
      type,
      isSerial: isSerial(typeName),
      hasModifier: list(typeName.typmods).length > 0,
      typeRange,
      nameRange: { start: whole.start, end: whole.start + (word?.[0].length ?? 0) },
      constraints: new Set(constraints.map(({ contype }) => String(contype))),
      ...(given && { defaultValue: given.raw_expr }),
      match,
    },
  ];
}
