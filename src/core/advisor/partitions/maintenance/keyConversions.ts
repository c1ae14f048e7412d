import { quoteLiteral } from '../../../sql/identifiers';
import type { KeyKind } from '../scheme';

/**
 * How bounds of a key are reckoned with: as a `timestamp` in UTC for keys that name an instant, as they stand for keys
 * without time zone. The expressions hold under `TimeZone = UTC` and `DateStyle = ISO`.
 */
export interface KeyConversions {
  /** From a bound's text, as `pg_get_expr` prints it without its quotes, to a `timestamp`. */
  toTime(text: string): string;
  /** From a `timestamp` to the text of a bound. */
  toBound(time: string): string;
  /** From a clock on the wall in the scheme's zone to a `timestamp` as above, and back. */
  fromLocal(local: string): string;
  toLocal(time: string): string;
}

/** Units of a bigint epoch in a second. */
const EPOCH_UNITS = { 'epoch seconds': 1, 'epoch milliseconds': 1_000, 'epoch microseconds': 1_000_000 } as const;
const EPOCH_INTERVALS = {
  'epoch seconds': '1 second',
  'epoch milliseconds': '1 millisecond',
  'epoch microseconds': '1 microsecond',
} as const;

/** The first second of the year 10000: a number beyond it is an open end and no time (`timestamp` would overflow). */
const LAST_EPOCH = 253_402_300_800;

export function keyConversions(kind: KeyKind, timeZone: string): KeyConversions {
  const zone = quoteLiteral(timeZone);
  const instants = {
    fromLocal: (local: string): string => `(${local} AT TIME ZONE ${zone}) AT TIME ZONE 'UTC'`,
    toLocal: (time: string): string => `(${time} AT TIME ZONE 'UTC') AT TIME ZONE ${zone}`,
  };
  const asTheyStand = { fromLocal: (local: string): string => local, toLocal: (time: string): string => time };
  switch (kind) {
    case 'timestamptz':
      return {
        ...instants,
        toTime: text => `${text}::timestamptz::timestamp`,
        toBound: time => `(${time})::timestamptz::text`,
      };
    case 'timestamp':
      return { ...asTheyStand, toTime: text => `${text}::timestamp`, toBound: time => `(${time})::text` };
    case 'date':
      return { ...asTheyStand, toTime: text => `${text}::date::timestamp`, toBound: time => `(${time})::date::text` };
    case 'uuid v7': {
      const digits = (ms: string): string => `lpad(to_hex(${ms}), 12, '0')`;
      const hex = (text: string): string => `('x' || left(replace(${text}, '-', ''), 12))::bit(48)::bigint`;
      return {
        ...instants,
        toTime: text => epochTime(hex(text), 'epoch milliseconds'),
        toBound: time => {
          const ms = digits(`(extract(epoch FROM ${time}) * 1000)::bigint`);
          return `(${ms} || repeat('0', 20))::uuid::text`;
        },
      };
    }
    default:
      return {
        ...instants,
        toTime: text => epochTime(`${text}::bigint`, kind),
        toBound: time => `(extract(epoch FROM ${time}) * ${EPOCH_UNITS[kind]})::bigint::text`,
      };
  }
}

function epochTime(number: string, kind: keyof typeof EPOCH_UNITS): string {
  const last = LAST_EPOCH * EPOCH_UNITS[kind];
  return `timestamp 'epoch' + least(greatest(${number}, 0), ${last}) * interval '${EPOCH_INTERVALS[kind]}'`;
}
