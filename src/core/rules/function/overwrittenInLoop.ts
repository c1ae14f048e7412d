import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asColumn, functionName, list, operatorOf, stringConstant } from '../support/expressions';
import { outerRange, plpgsqlBody } from '../support/routineBody';

export const overwrittenInLoop = defineRule({
  id: 'function/overwritten-in-loop',
  since: '0.2.0',
  severity: 'warning',
  title: 'A JSON object that keeps only the last round of a loop',
  kinds: ['CreateFunctionStmt', 'DoStmt'],
  docs: {
    problem: 'Each round of a loop merges an object with the same keys into a JSON object.',
    why: '`||` replaces keys that exist, so only the last row is left.',
    whenToIgnore: 'The last row is the one that is wanted.',
  },
  messages: {
    last: 'Every round writes the same keys of {name}, so only the last row is left; append to an array, or use jsonb_agg.',
  },
  examples: [
    {
      title: 'a report',
      bad: "DO $$ DECLARE result jsonb := '{}'; r record; BEGIN FOR r IN SELECT relname, n FROM t LOOP result := result || jsonb_build_object('table', r.relname, 'rows', r.n); END LOOP; END $$",
      flags: "result || jsonb_build_object('table', r.relname, 'rows', r.n)",
    },
    {
      title: 'keys of the row',
      good: "DO $$ DECLARE result jsonb := '{}'; r record; BEGIN FOR r IN SELECT relname, n FROM t LOOP result := result || jsonb_build_object(r.relname, r.n); END LOOP; END $$",
    },
    {
      title: 'an array',
      good: "DO $$ DECLARE result jsonb := '[]'; r record; BEGIN FOR r IN SELECT relname FROM t LOOP result := result || jsonb_build_object('table', r.relname); END LOOP; END $$",
    },
    {
      title: 'outside a loop',
      good: "DO $$ DECLARE result jsonb := '{}'; BEGIN result := result || jsonb_build_object('status', 'done'); END $$",
    },
    {
      title: 'one row at most',
      good: "DO $$ DECLARE result jsonb := '{}'; r record; BEGIN FOR r IN SELECT n FROM t LOOP result := result || jsonb_build_object('n', r.n); EXIT; END LOOP; END $$",
    },
    {
      title: 'constant keys with running numbers',
      good: "DO $$ DECLARE result jsonb := '{}'; r record; BEGIN FOR r IN SELECT n FROM t LOOP result := result || jsonb_build_object('n' || r.n, 1); END LOOP; END $$",
    },
  ],
  check({ statement, report }) {
    const body = plpgsqlBody(statement);
    if (!body) return;
    for (const inner of statement.inner) {
      if (inner.body.use !== 'expression' || inner.body.loopDepth === 0) continue;
      const root = unwrap(inner.statement.tree)?.fields;
      const merge = unwrap(unwrap(list(root?.targetList)[0])?.fields.val);
      if (merge?.type !== 'A_Expr' || operatorOf(merge.fields) !== '||') continue;
      const name = asColumn(merge.fields.lexpr)?.name;
      const call = unwrap(merge.fields.rexpr);
      if (name === undefined || call?.type !== 'FuncCall' || functionName(call.fields) !== 'jsonb_build_object')
        continue;
      const keys = list(call.fields.args).filter((_, i) => i % 2 === 0);
      if (keys.length === 0 || !keys.every(key => stringConstant(key) !== undefined)) continue;
      const before = body.source.slice(0, inner.range.start);
      const isItsOwn = new RegExp(`\\b${name}\\s*:?=\\s*$`, 'i').test(before);
      const isObject = new RegExp(`\\b${name}\\s+jsonb\\s*(?::=|default|=)\\s*'\\{\\}'`, 'i').test(body.source);
      const loop = body.loops.find(({ range }) => range.start < inner.range.start && inner.range.end < range.end);
      const text = loop && body.source.slice(loop.range.start, loop.range.end);
      if (!isItsOwn || !isObject || !loop || !text || /\b(?:exit|return|limit\s+1)\b/i.test(text)) continue;
      const others = text.match(new RegExp(`\\b${name}\\b`, 'gi')) ?? [];
      // Used within the loop as well: then each round's value has been seen.
      if (others.length > 2) continue;
      const range = inner.statement.rangeOf('A_Expr', merge.fields);
      if (range) report({ at: outerRange(inner, range), message: 'last', values: { name } });
    }
  },
});
