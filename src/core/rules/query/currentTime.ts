import { defineRule } from '../defineRule';

export const currentTime = defineRule({
  id: 'query/current-time',
  since: '0.2.0',
  severity: 'hint',
  title: 'CURRENT_TIME',
  nodes: ['SQLValueFunction'],
  docs: {
    problem: '`CURRENT_TIME` is of type `time with time zone`.',
    why: 'A time of day with an offset but without a date cannot know daylight saving, and compares by its moment in UTC. `LOCALTIME` is the time of day, `now()` the moment.',
    whenToIgnore: 'Another system asks for this type.',
  },
  messages: { timetz: 'CURRENT_TIME is a time with time zone; LOCALTIME is the time of day, now() the moment.' },
  examples: [
    { title: 'opening hours', bad: 'SELECT id FROM shops WHERE opens_at < CURRENT_TIME', flags: 'CURRENT_TIME' },
    { title: 'with a precision', bad: 'SELECT current_time(0)', flags: 'current_time(0)' },
    { title: 'the time of day', good: 'SELECT id FROM shops WHERE opens_at < LOCALTIME' },
    { title: 'the moment', good: 'SELECT id FROM shops WHERE opened_at < CURRENT_TIMESTAMP' },
    { title: 'the day', good: 'SELECT id FROM orders WHERE day = CURRENT_DATE' },
    { title: 'a column of this name', good: 'SELECT s."current_time" FROM samples s' },
  ],
  check({ find, rangeOf, report }) {
    for (const value of find('SQLValueFunction')) {
      if (/^SVFOP_CURRENT_TIME(?:_N)?$/.test(String(value.fields.op)))
        report({ at: rangeOf(value), message: 'timetz' });
    }
  },
});
