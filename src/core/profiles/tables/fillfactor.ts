import { BLOCK_BYTES, formatCount } from '../../base/units';
import type { ParameterAdvice } from './adviseTable';
import { parameterOf, type AutovacuumDefaults, type TableActivity } from './tableActivity';

/** An update that finds room on its page needs no new index entry; above this share of them nothing is to be gained. */
const GOOD_HOT_SHARE = 0.9;
/** From so many updates for each row on, the room pays for the pages it adds. */
const FEWEST_UPDATES_PER_ROW = 0.1;
/** Since 16 the server counts updates that found no room: fewer than these, and room is not what is missing. */
const LEAST_NEW_PAGE_SHARE = 0.1;
/** Of wider rows too few lie on a page to leave room for one. */
const FEWEST_ROWS_PER_PAGE = 4;
const [LEAST, MOST] = [70, 95];

const SOURCE = 'PostgreSQL manual, CREATE TABLE, fillfactor, and “Heap-Only Tuples (HOT)”';

/**
 * Room for one more row version on each page, at least a tenth of it: the next update on the page then clears away the
 * version before it, so that the room comes back.
 */
export function adviseFillfactor(
  activity: TableActivity,
  defaults: AutovacuumDefaults,
  serverVersion: number,
): ParameterAdvice[] {
  const { rows, bytes, updates, hotUpdates, newPageUpdates, kind, parameters } = activity;
  if (kind !== 'r' || updates < FEWEST_UPDATES_PER_ROW * rows || updates === 0) return [];
  const hotShare = hotUpdates / updates;
  if (hotShare >= GOOD_HOT_SHARE) return [];
  const isCounted = serverVersion >= 16 && newPageUpdates !== null;
  const newPageShare = isCounted ? newPageUpdates / updates : undefined;
  if (newPageShare !== undefined && newPageShare < LEAST_NEW_PAGE_SHARE) return [];
  const rowsPerPage = rows / Math.max(1, bytes / BLOCK_BYTES);
  if (rowsPerPage < FEWEST_ROWS_PER_PAGE) return [];
  const now = parameterOf(activity, defaults, 'fillfactor');
  const value = Math.max(LEAST, Math.min(MOST, Math.floor(100 * (1 - Math.max(0.1, 1 / rowsPerPage)))));
  if (value >= now) return [];
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const reason = [
    `${formatCount(updates)} updates, ${percent(hotShare)} of them without a new index entry (HOT)`,
    newPageShare === undefined
      ? 'whether the others lacked room, or changed an indexed column, is counted from PostgreSQL 16 on'
      : `${percent(newPageShare)} found no room on their page`,
    `room for one version on pages of ${Math.round(rowsPerPage)} rows; the table grows by ${percent(now / value - 1)}, on pages written from then on`,
    'an update of an indexed column needs new index entries all the same',
  ].join('; ');
  return [
    {
      name: 'fillfactor',
      now: String(now),
      isOwn: 'fillfactor' in parameters,
      value: String(value),
      reason,
      source: SOURCE,
    },
  ];
}
