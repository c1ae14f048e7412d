import type { JSX } from 'preact';
import type { ComparisonRowView } from '../../protocol/planPanel';
import { clip } from '../shared/shownText';
import { changeOf } from './comparisonRows';
import { count, exactCount, ms, UNKNOWN } from './words';

const CHANGES = {
  same: { sign: '=', word: 'same' },
  changed: { sign: '~', word: 'changed' },
  added: { sign: '+', word: 'added' },
  removed: { sign: '−', word: 'removed' },
} as const;

interface Props {
  readonly row: ComparisonRowView;
  readonly index: number;
  readonly top: number;
  readonly hasBlocks: boolean;
  readonly selected: boolean;
  select(): void;
}

/** One node of both plans, or of one of them. */
export function ComparisonRow({ row, index, top, hasBlocks, selected, select }: Props): JSX.Element {
  const change = CHANGES[row.change];
  return (
    <div
      id={`difference-${index}`}
      role="row"
      class={`comparison-row ${row.change}`}
      aria-rowindex={index + 2}
      aria-selected={selected}
      style={{ top: `${top}px` }}
      onClick={select}
    >
      <span role="gridcell" class="change" title={change.word} aria-label={change.word}>
        {change.sign}
      </span>
      <Side
        name="before"
        label={row.before}
        blocks={row.beforeBlocks}
        ms={row.beforeMs}
        row={row}
        hasBlocks={hasBlocks}
      />
      <Side name="after" label={row.after} blocks={row.afterBlocks} ms={row.afterMs} row={row} hasBlocks={hasBlocks} />
    </div>
  );
}

interface SideProps {
  readonly name: 'before' | 'after';
  readonly label: string | undefined;
  readonly blocks: number | undefined;
  readonly ms: number | undefined;
  readonly row: ComparisonRowView;
  readonly hasBlocks: boolean;
}

function Side({ name, label, blocks, ms: time, row, hasBlocks }: SideProps): JSX.Element {
  const isThere = label !== undefined;
  const looks = (before: number | undefined, after: number | undefined): string =>
    name === 'after' ? (changeOf(before, after) ?? '') : '';
  const rows = name === 'before' ? row.beforeRows : row.afterRows;
  const selfMs = name === 'before' ? row.beforeSelfMs : row.afterSelfMs;
  const more = [rows !== undefined && `${exactCount(rows)} rows`, selfMs !== undefined && `${ms(selfMs)} by itself`];
  return (
    <>
      <span
        role="gridcell"
        class={name}
        style={{ paddingInlineStart: `${Math.min(row.depth, 12) * 10}px` }}
        title={label && [clip(label, 1_000), ...more.filter(Boolean)].join('\n')}
      >
        {isThere ? clip(label) : ''}
      </span>
      {hasBlocks && (
        <span
          role="gridcell"
          class={`number ${looks(row.beforeBlocks, row.afterBlocks)}`}
          title={blocks === undefined ? undefined : `${exactCount(blocks)} blocks`}
        >
          {isThere ? count(blocks) : ''}
        </span>
      )}
      <span role="gridcell" class={`number time ${looks(row.beforeMs, row.afterMs)}`}>
        {isThere ? (time === undefined ? UNKNOWN : ms(time)) : ''}
      </span>
    </>
  );
}
