/** Reads the lines below a node of a text plan into the fields EXPLAIN (FORMAT JSON) gives. */

const LISTS = new Set([
  'Output',
  'Sort Key',
  'Group Key',
  'Presorted Key',
  'Conflict Arbiter Indexes',
  'Function Call',
]);

/** Where the text format's word differs from JSON's. */
const RENAMED: Readonly<Record<string, string>> = {
  Buckets: 'Hash Buckets',
  'Memory Usage': 'Peak Memory Usage',
  Hits: 'Cache Hits',
  Misses: 'Cache Misses',
  Evictions: 'Cache Evictions',
  Overflows: 'Cache Overflows',
};

/** Adds what the line says to `fields`. False if the line is not of the form `Name: value`. */
export function readDetail(fields: Record<string, unknown>, line: string): boolean {
  // Several pairs may share a line, two blanks apart: "Buckets: 1024  Batches: 1  Memory Usage: 9kB".
  const hasExpression = /^[\w /-]*(Cond|Filter|Output|Key|SQL|Call|Keys):/.test(line);
  const pairs = hasExpression ? [line] : line.split(/ {2,}(?=[A-Z][\w -]*: )/);
  let understood = true;
  for (const pair of pairs) {
    const match = /^([A-Z][\w /()-]*?):\s*(.*)$/.exec(pair.trim());
    if (match) readPair(fields, match[1] ?? '', match[2] ?? '');
    else understood = false;
  }
  return understood;
}

function readPair(fields: Record<string, unknown>, name: string, value: string): void {
  if (name === 'Buffers') return readBuffers(fields, value);
  if (name === 'I/O Timings') return readIoTimings(fields, value);
  if (name === 'WAL') return readWal(fields, value);
  if (name === 'Heap Blocks') return readHeapBlocks(fields, value);
  if (name === 'Sort Method') {
    fields[name] = value;
    return;
  }
  if ((name === 'Memory' || name === 'Disk') && fields['Sort Method'] !== undefined) {
    fields['Sort Space Type'] = name;
    fields['Sort Space Used'] = scalar(value);
    return;
  }
  if (name === 'Batches' || name === 'Buckets') return readBatches(fields, name, value);
  if (LISTS.has(name)) {
    fields[name] = splitTopLevel(value);
    return;
  }
  fields[RENAMED[name] ?? name] = scalar(value);
}

function readBatches(fields: Record<string, unknown>, name: string, value: string): void {
  const kind = fields['Node Type'] === 'Aggregate' ? 'HashAgg' : 'Hash';
  const match = /^(\d+)(?: \(originally (\d+)\))?/.exec(value);
  fields[`${kind} ${name}`] = scalar(match?.[1] ?? value);
  if (match?.[2] !== undefined) fields[`Original ${kind} ${name}`] = Number(match[2]);
}

function readBuffers(fields: Record<string, unknown>, value: string): void {
  for (const part of value.split(/,\s*/)) {
    const [kind = '', ...counts] = part.trim().split(/\s+/);
    for (const count of counts) {
      const [what = '', number] = count.split('=');
      fields[`${capitalise(kind)} ${capitalise(what)} Blocks`] = scalar(number ?? '');
    }
  }
}

/** "shared read=1.2 write=0.1, temp read=3" from 15 on, plain "read=1.2" before. */
function readIoTimings(fields: Record<string, unknown>, value: string): void {
  for (const part of value.split(/,\s*/)) {
    const words = part.trim().split(/\s+/);
    const kind = words[0]?.includes('=') ? undefined : words.shift();
    const prefix = kind === undefined || kind === 'shared/local' ? '' : `${capitalise(kind)} `;
    for (const word of words) {
      const [what = '', number] = word.split('=');
      fields[`${prefix}I/O ${capitalise(what)} Time`] = scalar(number ?? '');
    }
  }
}

function readWal(fields: Record<string, unknown>, value: string): void {
  for (const [, what = '', number] of value.matchAll(/([a-z ]+)=(\d+)/g)) {
    const name = what.trim();
    fields[`WAL ${name === 'fpi' ? 'FPI' : capitalise(name)}`] = Number(number);
  }
}

function readHeapBlocks(fields: Record<string, unknown>, value: string): void {
  for (const [, what = '', number] of value.matchAll(/(exact|lossy)=(\d+)/g)) {
    fields[`${capitalise(what)} Heap Blocks`] = Number(number);
  }
}

/** `time=1.5..2.5 rows=3 loops=4`, `rows=3.00 loops=1`, `never executed`. */
export function readActual(fields: Record<string, unknown>, text: string): void {
  if (/never executed/.test(text)) {
    Object.assign(fields, { 'Actual Rows': 0, 'Actual Loops': 0 });
    return;
  }
  const time = /time=([\d.]+?)\.\.([\d.]+)/.exec(text);
  if (time) Object.assign(fields, { 'Actual Startup Time': Number(time[1]), 'Actual Total Time': Number(time[2]) });
  const rows = /rows=([\d.]+)/.exec(text);
  if (rows) fields['Actual Rows'] = Number(rows[1]);
  const loops = /loops=(\d+)/.exec(text);
  if (loops) fields['Actual Loops'] = Number(loops[1]);
}

/** `cost=0.29..8.31 rows=1 width=4`. */
export function readCost(fields: Record<string, unknown>, text: string): void {
  const match = /cost=([\d.]+?)\.\.([\d.]+)\s+rows=(\d+)\s+width=(\d+)/.exec(text);
  if (!match) return;
  Object.assign(fields, {
    'Startup Cost': Number(match[1]),
    'Total Cost': Number(match[2]),
    'Plan Rows': Number(match[3]),
    'Plan Width': Number(match[4]),
  });
}

/** Splits at commas outside parentheses, brackets and quotes. */
export function splitTopLevel(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (quote) {
      if (char === quote) quote = '';
    } else if (char === "'" || char === '"') quote = char;
    else if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) depth--;
    else if (char === ',' && depth === 0) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts.filter(part => part !== '');
}

function scalar(value: string): unknown {
  if (value === 'true' || value === 'false') return value === 'true';
  const number = /^(-?\d+(?:\.\d+)?)(?:\s?kB)?$/.exec(value);
  return number ? Number(number[1]) : value;
}

function capitalise(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
