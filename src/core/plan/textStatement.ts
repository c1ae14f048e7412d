/** Reads the lines below all nodes of a text plan, which concern the whole statement. */
import type { RawObject } from './rawValue';
import { splitTopLevel } from './textDetail';

/** "Generation 1.2 ms (Deform 0.3 ms), Inlining 0.0 ms, ..., Total 5.0 ms"; 17 has deforming as a part. */
export function readJitTiming(text: string): RawObject {
  const timing: Record<string, unknown> = {};
  for (const [, name = '', ms, deform] of text.matchAll(/([A-Z]\w{2,30}) ([\d.]+) ms(?: \(Deform ([\d.]+) ms\))?/g)) {
    timing[name] = deform === undefined ? Number(ms) : { Deform: Number(deform), Total: Number(ms) };
  }
  return timing;
}

/** "Inlining true, Optimization false, Expressions true, Deforming true". */
export function readJitOptions(text: string): RawObject {
  return Object.fromEntries(
    [...text.matchAll(/(\w+) (true|false)/g)].map(([, name, value]) => [name, value === 'true']),
  );
}

/** "time=0.012 ms  output=1kB  format=text". */
export function readSerialization(text: string): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const time = /time=([\d.]+) ms/.exec(text)?.[1];
  if (time !== undefined) fields['Time'] = Number(time);
  const output = /output=(\d+)kB/.exec(text)?.[1];
  if (output !== undefined) fields['Output Volume'] = Number(output);
  const format = /format=(\w+)/.exec(text)?.[1];
  if (format !== undefined) fields['Format'] = format;
  return fields;
}

/** `Trigger RI_x for constraint fk on orders: time=1.5 calls=4`; undefined if the line is none. */
export function readTrigger(line: string): RawObject | undefined {
  const match = /^Trigger (.+): (?:time=([\d.]+) )?calls=(\d+)/.exec(line);
  if (!match) return undefined;
  const [, label = '', ms, calls] = match;
  const constraint = /^(?:(.*) )?for constraint (.+?)(?: on ([^ ]+|".*"))?$/.exec(label);
  const plain = /^(.+?)(?: on ([^ ]+|".*"))?$/.exec(label);
  const relation = constraint ? constraint[3] : plain?.[2];
  return {
    'Trigger Name': (constraint ? (constraint[1] ?? constraint[2]) : plain?.[1]) ?? label,
    ...(constraint && { 'Constraint Name': constraint[2] }),
    ...(relation !== undefined && { Relation: relation }),
    ...(ms !== undefined && { Time: Number(ms) }),
    Calls: Number(calls),
  };
}

/** "work_mem = '1MB', search_path = 'a, b'". */
export function readSettings(text: string): RawObject {
  const pairs = splitTopLevel(text).map(pair => /^(\S+) = '?(.*?)'?$/.exec(pair));
  return Object.fromEntries(pairs.flatMap(pair => (pair ? [[pair[1], (pair[2] ?? '').replaceAll("''", "'")]] : [])));
}
