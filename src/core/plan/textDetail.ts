/** Reads the lines below a node of a text plan into the fields EXPLAIN (FORMAT JSON) gives. */
import { isTextField, rawScalar } from './rawValue';

type Fields = Record<string, unknown>;

const LISTS = new Set(['Output', 'Sort Key', 'Presorted Key', 'Conflict Arbiter Indexes', 'Params Evaluated']);

/** Where the text format's word differs from JSON's. */
const RENAMED: Readonly<Record<string, string>> = {
  'Memory Usage': 'Peak Memory Usage',
  Hits: 'Cache Hits',
  Misses: 'Cache Misses',
  Evictions: 'Cache Evictions',
  Overflows: 'Cache Overflows',
};

/** Lines of these hold several pairs, two blanks apart: "Buckets: 1024  Batches: 1  Memory Usage: 9kB". */
const SEVERAL =
  /^(?:Buckets|Batches|Planned Partitions|Sort Method|Hits|Storage|Memory Usage|Disk Usage|Heap Fetches): /;

/** Adds what the line says to `fields`. False if the line is not of the form `Name: value`. */
export function readDetail(fields: Fields, line: string): boolean {
  const groups = /^(Full-sort|Pre-sorted) Groups: (\d+)(.*)$/.exec(line);
  if (groups) {
    fields[`${groups[1]} Groups`] = readSortGroups(Number(groups[2]), groups[3] ?? '');
    return true;
  }
  const pairs = SEVERAL.test(line) ? line.split(/ {2,}(?=[A-Z][\w -]{0,40}: )/) : [line];
  let understood = true;
  for (const pair of pairs) {
    const match = /^([A-Z][\w /()-]{0,60}?):(?:\s+(.*))?$/s.exec(pair.trim());
    if (match) readPair(fields, match[1] ?? '', match[2] ?? '');
    else understood = false;
  }
  return understood;
}

function readPair(fields: Fields, name: string, value: string): void {
  const special = SPECIAL[name];
  if (special) special(fields, value, name);
  else if (LISTS.has(name)) fields[name] = splitTopLevel(value);
  else fields[RENAMED[name] ?? name] = scalar(name, value);
}

const SPECIAL: Readonly<Record<string, (fields: Fields, value: string, name: string) => void>> = {
  Buffers: readBuffers,
  'I/O Timings': readIoTimings,
  WAL: readWal,
  'Heap Blocks': readHeapBlocks,
  Batches: readBatches,
  Buckets: readBatches,
  Memory: readSpace,
  Disk: readSpace,
  Tuples: readTuples,
  Sampling: readSampling,
  'Group Key': (fields, value) => addGroupKey(fields, 'Group Keys', keysOf(value)),
  'Hash Key': (fields, value) => addGroupKey(fields, 'Hash Keys', keysOf(value)),
  'Sort Key': (fields, value) => {
    if (fields['Node Type'] !== 'Aggregate') fields['Sort Key'] = splitTopLevel(value);
    else groupingSets(fields).push({ 'Sort Key': splitTopLevel(value), 'Group Keys': [] });
  },
};

function keysOf(value: string): string[] {
  return value === '()' ? [] : splitTopLevel(value);
}

/** One grouping is a plain list; several are sets, one for each pass over the rows. */
function addGroupKey(fields: Fields, kind: 'Group Keys' | 'Hash Keys', key: readonly string[]): void {
  const isFirst = fields['Grouping Sets'] === undefined && fields['Group Key'] === undefined;
  if (isFirst && kind === 'Group Keys' && key.length > 0) {
    fields['Group Key'] = key;
    return;
  }
  const sets = groupingSets(fields);
  const last = sets.at(-1);
  if (kind === 'Group Keys' && last?.[kind]) last[kind].push(key);
  else sets.push({ [kind]: [key] });
}

function groupingSets(fields: Fields): Record<string, unknown[]>[] {
  const known = fields['Grouping Sets'];
  if (known) return known as Record<string, unknown[]>[];
  const plain = fields['Group Key'];
  delete fields['Group Key'];
  const sets: Record<string, unknown[]>[] = plain === undefined ? [] : [{ 'Group Keys': [plain] }];
  fields['Grouping Sets'] = sets;
  return sets;
}

/** "Sort Methods: quicksort, top-N heapsort  Average Memory: 26kB  Peak Memory: 27kB". */
function readSortGroups(count: number, text: string): Fields {
  const group: Fields = { 'Group Count': count };
  const methods = / {2}Sort Methods?: (.*?)(?= {2}|$)/.exec(text)?.[1];
  if (methods !== undefined) group['Sort Methods Used'] = methods.split(', ');
  for (const kind of ['Memory', 'Disk']) {
    const space = new RegExp(` {2}Average ${kind}: (\\d+)kB {2}Peak ${kind}: (\\d+)kB`).exec(text);
    if (!space) continue;
    group[`Sort Space ${kind}`] = {
      'Average Sort Space Used': Number(space[1]),
      'Peak Sort Space Used': Number(space[2]),
    };
  }
  return group;
}

/** The space of a sort, or what planning took: "used=9kB  allocated=16kB". */
function readSpace(fields: Fields, value: string, name: string): void {
  const memory = /^used=(\d+)(?:kB| bytes)\s+allocated=(\d+)(?:kB| bytes)$/.exec(value);
  if (memory) Object.assign(fields, { 'Memory Used': Number(memory[1]), 'Memory Allocated': Number(memory[2]) });
  else if (fields['Sort Method'] !== undefined) {
    Object.assign(fields, { 'Sort Space Used': scalar(name, value), 'Sort Space Type': name });
  } else fields[name] = scalar(name, value);
}

function readBatches(fields: Fields, value: string, name: string): void {
  // A worker's lines do not repeat the node's type; only a Hash has buckets.
  const isAggregate = fields['Node Type'] === 'Aggregate' || ('Worker Number' in fields && !('Hash Buckets' in fields));
  const kind = isAggregate && name === 'Batches' ? 'HashAgg' : 'Hash';
  const match = /^(\d+)(?: \(originally (\d+)\))?/.exec(value);
  fields[`${kind} ${name}`] = scalar(name, match?.[1] ?? value);
  if (match?.[2] !== undefined) fields[`Original ${kind} ${name}`] = Number(match[2]);
}

function readBuffers(fields: Fields, value: string): void {
  for (const part of value.split(/,\s*/)) {
    const [kind = '', ...counts] = part.trim().split(/\s+/);
    for (const count of counts) {
      const [what = '', number] = count.split('=');
      fields[`${capitalise(kind)} ${capitalise(what)} Blocks`] = scalar('', number ?? '');
    }
  }
}

/** "shared read=1.2 write=0.1, temp read=3" from 15 on, plain "read=1.2" before. */
function readIoTimings(fields: Fields, value: string): void {
  for (const part of value.split(/,\s*/)) {
    const words = part.trim().split(/\s+/);
    const kind = words[0]?.includes('=') ? undefined : words.shift();
    const prefix = kind === undefined || kind === 'shared/local' ? '' : `${capitalise(kind)} `;
    for (const word of words) {
      const [what = '', number] = word.split('=');
      fields[`${prefix}I/O ${capitalise(what)} Time`] = scalar('', number ?? '');
    }
  }
}

function readWal(fields: Fields, value: string): void {
  for (const [, what = '', number] of value.matchAll(/([a-z][a-z ]{0,30})=(\d+)/g)) {
    const words = what.trim().split(' ').map(capitalise).join(' ');
    fields[`WAL ${words === 'Fpi' ? 'FPI' : words}`] = Number(number);
  }
}

function readHeapBlocks(fields: Fields, value: string): void {
  for (const [, what = '', number] of value.matchAll(/(exact|lossy)=(\d+)/g)) {
    fields[`${capitalise(what)} Heap Blocks`] = Number(number);
  }
}

/** MERGE: "inserted=1 updated=2 deleted=3 skipped=4". */
function readTuples(fields: Fields, value: string): void {
  for (const [, what = '', number] of value.matchAll(/(\w+)=(\d+)/g))
    fields[`Tuples ${capitalise(what)}`] = Number(number);
}

/** "bernoulli ('10'::real) REPEATABLE ('3'::double precision)". */
function readSampling(fields: Fields, value: string): void {
  const match = /^(\S+) \((.*?)\)(?: REPEATABLE \((.*)\))?$/.exec(value);
  if (!match) {
    fields['Sampling'] = value;
    return;
  }
  Object.assign(fields, { 'Sampling Method': match[1], 'Sampling Parameters': splitTopLevel(match[2] ?? '') });
  if (match[3] !== undefined) fields['Repeatable Seed'] = match[3];
}

/** `time=1.5..2.5 rows=3 loops=4`, `rows=3.00 loops=1`, `never executed`; blanks count for nothing. */
export function readActual(fields: Fields, text: string): void {
  const plain = text.replace(/\s+/g, '');
  if (plain.includes('neverexecuted')) {
    Object.assign(fields, { 'Actual Rows': 0, 'Actual Loops': 0 });
    return;
  }
  const time = /time=([\d.]+?)\.\.([\d.]+)(?=rows|loops|\)|$)/.exec(plain);
  if (time) Object.assign(fields, { 'Actual Startup Time': Number(time[1]), 'Actual Total Time': Number(time[2]) });
  const rows = /rows=([\d.]+)/.exec(plain);
  if (rows) fields['Actual Rows'] = Number(rows[1]);
  const loops = /loops=(\d+)/.exec(plain);
  if (loops) fields['Actual Loops'] = Number(loops[1]);
}

/** `cost=0.29..8.31 rows=1 width=4`; blanks count for nothing. */
export function readCost(fields: Fields, text: string): boolean {
  const match = /cost=([\d.]+?)\.\.([\d.]+)rows=(\d+)width=(\d+)/.exec(text.replace(/\s+/g, ''));
  if (!match) return false;
  Object.assign(fields, {
    'Startup Cost': Number(match[1]),
    'Total Cost': Number(match[2]),
    'Plan Rows': Number(match[3]),
    'Plan Width': Number(match[4]),
  });
  return true;
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
    else if (char === '(' || char === '[' || char === '{') depth++;
    else if (char === ')' || char === ']' || char === '}') depth--;
    else if (char === ',' && depth === 0) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts.filter(part => part !== '');
}

function scalar(name: string, value: string): unknown {
  if (isTextField(name)) return value;
  const size = /^(-?\d+(?:\.\d+)?)\s?kB$/.exec(value);
  return size ? Number(size[1]) : rawScalar(name, value);
}

function capitalise(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
