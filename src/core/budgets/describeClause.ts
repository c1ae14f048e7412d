import { formatCount } from '../base/units';
import type { Clause } from './budget';
import { limitText } from './contradictions';
import { metricNamed } from './metrics';

const STEADIER =
  'A steadier limit is `buffers`, or the shape of the plan (`plan = …`): both stay the same while PostgreSQL works the same way.';

/** What a clause says, in Markdown. */
export function describeClause(clause: Clause): string {
  switch (clause.kind) {
    case 'limit': {
      const { name, about, quantity } = metricNamed(clause.metric);
      const limit = `**${name} ${clause.comparison} ${limitText(clause)}**`;
      return `${limit}: ${about}${quantity === 'time' ? ` ${STEADIER}` : ''}`;
    }
    case 'seq scan':
      return clause.relation
        ? `**no seq scan on ${clause.relation.name}**: the plan never reads the whole table, nor a whole partition of it.`
        : '**no seq scan**: the plan reads no table as a whole.';
    case 'index':
      return `**uses ${clause.index.name}**: the plan reads this index, or that of a partition which is its part.`;
    case 'disk sort':
      return '**no sort on disk**: every sort fits into `work_mem`.';
    case 'estimate':
      return `**rows estimate within ${formatCount(clause.factor)}x**: where an estimate goes wrong, it is by no more than this, too many or too few.`;
    case 'shape':
      return `**plan = ${clause.fingerprint}**: the plan has the shape that was pinned: the same nodes on the same tables and indexes, whatever the costs, rows and times. A new major version, or another partition, can be another shape.`;
  }
}
