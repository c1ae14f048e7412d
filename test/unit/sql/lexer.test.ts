import assert from 'node:assert/strict';
import { TokenKind, tokenize } from '../../../src/core/sql/lexer';

const NAMES = new Map(Object.entries(TokenKind).map(([name, kind]) => [kind as number, name]));

function tokens(sql: string, clientSyntax = true): string[] {
  const { kinds, starts, ends } = tokenize(sql, { clientSyntax });
  return kinds.map((kind, i) => `${NAMES.get(kind)} ${sql.slice(starts[i], ends[i])}`);
}

describe('core/sql/lexer', () => {
  const cases: Record<string, [sql: string, expected: string[]]> = {
    'reads names, numbers and operators': ['a1$ >= 1.5e-3', ['word a1$', 'operator >=', 'number 1.5e-3']],
    'reads a quote doubled inside a string': ["'it''s'", ["string 'it''s'"]],
    'joins strings continued on the next line': ["'a'\n  'b'", ["string 'a'\n  'b'"]],
    'keeps strings on one line apart': ["'a' 'b'", ["string 'a'", "string 'b'"]],
    'lets a backslash escape only in E strings': ["E'\\'' '\\'", ["string E'\\''", "string '\\'"]],
    'reads Unicode, bit and national strings': ["U&'x' b'1' N'n'", ["string U&'x'", "string b'1'", "string N'n'"]],
    'nests block comments': ['/* a /* b */ c */ x', ['blockComment /* a /* b */ c */', 'word x']],
    'reads dollar quotes with and without a tag': [
      '$$;$$ $b$ $$ $b$',
      ['dollarString $$;$$', 'dollarString $b$ $$ $b$'],
    ],
    'ends an operator before a comment': ['a+--b', ['word a', 'operator +', 'lineComment --b']],
    'splits a trailing minus from an operator': ['a=-1', ['word a', 'operator =', 'operator -', 'number 1']],
    'keeps a trailing minus after a special character': ['a @- b', ['word a', 'operator @-', 'word b']],
    'takes `::` for a cast and not for a placeholder': ['a::int', ['word a', 'operator ::', 'word int']],
    'finds psql variables': [':a :\'b\' :"c"', ['placeholder :a', "placeholder :'b'", 'placeholder :"c"']],
    'takes the colon of a slice for punctuation': [
      'a[b:c]',
      ['word a', 'punctuation [', 'word b', 'punctuation :', 'word c', 'punctuation ]'],
    ],
    'finds placeholders after an operator without a space': [
      'a=? b=%s',
      ['word a', 'operator =', 'placeholder ?', 'word b', 'operator =', 'placeholder %s'],
    ],
    'leaves the question mark operator of jsonb alone': ["data ? 'k'", ['word data', 'operator ?', "string 'k'"]],
    'leaves the modulo operator alone': ['a %s', ['word a', 'operator %', 'word s']],
    'finds a template inside a name': ['t_${y}', ['word t_', 'placeholder ${y}']],
    'reads a psql command to the end of its line': ['\\set a 1\nx', ['metaCommand \\set a 1', 'word x']],
    'takes characters outside ASCII for letters': ['größe = ñ', ['word größe', 'operator =', 'word ñ']],
  };
  for (const [behaviour, [sql, expected]] of Object.entries(cases)) {
    it(behaviour, () => assert.deepEqual(tokens(sql), expected));
  }

  it('reads only what the server knows when asked to', () => {
    assert.deepEqual(tokens(':a ?', false), ['punctuation :', 'word a', 'operator ?']);
  });

  for (const open of ["'a", '"a', '$$a', '/* a', "E'a\\"]) {
    it(`reaches the end of the text with an open ${open}`, () => {
      const { ends } = tokenize(`x ${open}`);
      assert.equal(ends.at(-1), `x ${open}`.length);
    });
  }
});
