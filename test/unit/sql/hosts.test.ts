import assert from 'node:assert/strict';
import type { Grammar } from '../../../src/core/sql/grammar';
import { loadGrammar } from '../../../src/core/sql/grammar';
import { editsKeepHost, HOST_LANGUAGES, languageOfFile, maskHost, readHost } from '../../../src/core/sql/hosts/hosts';
import { Script } from '../../../src/core/sql/script';

/** A text of a language and the SQL in it, statement by statement. */
type Case = readonly [name: string, text: string, ...statements: string[]];

const JAVASCRIPT: readonly Case[] = [
  ['a tagged template', 'const a = await sql`select 1 from t where id = ${id}`;', 'select 1 from t where id = ${id}'],
  ['other tags', 'SQL`delete from t`; pgsql`update t set a = 1`;', 'delete from t', 'update t set a = 1'],
  ['a tag of an object', 'db.sql`select a from t`; Prisma.sql`select b from t`', 'select a from t', 'select b from t'],
  [
    'Prisma, with types',
    'prisma.$queryRaw<{ id: number }[]>`select id from t`; p.$executeRaw`delete from t where id = ${a.b}`',
    'select id from t',
    'delete from t where id = ${a.b}',
  ],
  [
    'slonik',
    'sql.type(z.object({}))`select 1 from t`; sql.unsafe`select 2 from t`',
    'select 1 from t',
    'select 2 from t',
  ],
  ['a string behind a comment', "q(/* sql */ 'select a from t where b = 1');", 'select a from t where b = 1'],
  ['a template behind a comment', 'const q = /*sql*/ `\n  select a\n  from t`;', 'select a\n  from t'],
  ['a line comment', 'const q = // language=sql\n  `select a from t`;', 'select a from t'],
  [
    'what is nested in a placeholder',
    'sql`select a from t where b = ${f({ x: `}` }, "}", /`}/, 1)} and c`',
    'select a from t where b = ${f__ x_ ___ __ ____ _____ 1_} and c',
  ],
  [
    'templates in templates',
    'sql`select a from t ${on ? sql`where b = ${c}` : sql``} limit 1`',
    'select a from t ${on _ sql_where b _ __c__ _ sql__} limit 1',
  ],
  ['templates within others', 'html`<p>${sql`select a from t`}</p>`', 'select a from t'],
  ['escapes', "/* sql */ 'select a from t\\n where b = \\'x\\''", "select a from t   where b =  'x '"],
  ['a comment at the end', 'sql`select a from t -- all`; sql`select b from t`', 'select a from t', 'select b from t'],
  ['several statements', 'sql`select a from t; delete from u;`', 'select a from t', 'delete from u'],
  [
    'regular expressions',
    'const r = /`/g; x = a / b; sql`select a from t`; y = 1 / 2 /`x`/ 3; if (/[/`]/.test(s)) return /"/;',
    'select a from t',
  ],
  [
    'strings and comments',
    "// it's `\n/* sql` */ const a = \"`\", b = '\\'`'; sql`select a from t`",
    'select a from t',
  ],
  ['JSX', 'const a = <p className="x">don\'t / stop</p>; const b = <br />; sql`select a from t`', 'select a from t'],
  [
    'braces after a template',
    'function f() { return { a: `x${ { b: 1 }.b }` } } sql`select a from t`',
    'select a from t',
  ],
  ['CRLF', 'sql`select a\r\n  from t`;\r\nsql`select b from t`', 'select a\r\n  from t', 'select b from t'],
  ['no fragments of statements', 'sql`where a = ${b}`; sql`count(*)`; sql`${a}`; sql``; sql`set a = 1`'],
  [
    'no other templates',
    '`select a from t`; css`select`; mysql`select a from t`; nosql`select a from t`; a.b`select a from t`',
  ],
  ['no unmarked strings', "f('select a from t'); const s = 'delete from t';"],
  ['no parts of strings', "/* sql */ 'select a from t where b = ' + c"],
  ['no unfinished fragments', 'sql`select \'a from t`; sql`select a from "t`'],
  ['keywords in title case', 'sql`Select a From t`', 'Select a From t'],
  ['an open template at the end', 'sql`select a from t`; sql`select b', 'select a from t'],
];

const PYTHON: readonly Case[] = [
  ['execute', 'cur.execute("select a from t where b = %s", (b,))', 'select a from t where b = %s'],
  ['triple quotes', 'cur.execute("""\n    select a\n    from t\n""")', 'select a\n    from t'],
  [
    'other functions',
    "await conn.fetchrow('select a from t where b = $1', b)\npd.read_sql('select c from t', db)",
    'select a from t where b = $1',
    'select c from t',
  ],
  [
    'sqlalchemy',
    "from sqlalchemy import text\ns.execute(text('select a from t where b = :b'))",
    'select a from t where b = :b',
  ],
  [
    'adjacent literals',
    'cur.execute(\n    "select a "\n    "from t "  # why\n    \'where b = 1\'\n)',
    'select a  \n     from t         \n     where b = 1',
  ],
  [
    'f-strings',
    'cur.execute(f\'select a from {schema}.t where b = {x["y"]!r} and c = {{}}\')',
    'select a from {schema}.t where b = {x__y___r} and c = {  }',
  ],
  ['raw strings', `cur.execute(r"select a from t where b ~ '\\d'")`, "select a from t where b ~ '\\d'"],
  ['escapes', "cur.execute('select a from t\\n where b = \\'x\\'')", "select a from t   where b =  'x '"],
  ['a marking comment', '# sql\nQUERY = "select a from t"\nother = "select b from t"', 'select a from t'],
  ['a mark within', 'QUERY = """-- sql\nselect a from t\n"""', 'select a from t'],
  ['keyword arguments', 'migrations.RunSQL(sql="update t set a = 1 where b")', 'update t set a = 1 where b'],
  ['format', 'cur.execute("select a from {}".format(t))', 'select a from {}'],
  ['comments and strings', '# it\'s "\nx = "#"; y = \'"\'\ncur.execute("select a from t")', 'select a from t'],
  ['no other strings', 'print("select a from t"); x = "delete from t"; """select a from t"""; f("update t set a = 1")'],
  [
    'no sentences',
    'ax.text("Select a file from the list"); e.execute("update available"); t.fetch("Select all from here")',
  ],
  ['no concatenations', 'cur.execute("select a from t where b = " + b)'],
  ['no bytes', 'cur.execute(b"select a from t")'],
];

const OTHERS: Readonly<Record<string, readonly Case[]>> = {
  markdown: [
    [
      'fences',
      'Use `select`:\n\n```sql\nselect a from t;\nselect b from t\n```\n\n~~~postgresql title="x"\ndelete from t\n~~~\n',
      'select a from t',
      'select b from t',
      'delete from t',
    ],
    [
      'fences in lists and quotations',
      '- x\n  ```sql\n  select a\n    from t\n  ```\n> ```pgsql\n> select b\n> from t\n> ```\n',
      'select a\n    from t',
      'select b\n  from t',
    ],
    [
      'no others',
      '```js\nsql`select 1`\n```\n```\nselect a\n```\n```psql\n=> select 1;\n```\n```sql\ndb=# select 1;\n 1\n```\nselect a from t;\n',
    ],
    [
      'no sketches, signatures or output',
      [
        '```sql\nselect ... from t;\nselect a from t;\nf(a int)\nreturns void;\nalter table <name> add b int\n```',
        '```sql\nselect a from t;\n a\n---\n 1\n(1 row)\n```',
        '```sql\ncreate table t ();\nCREATE TABLE\n```',
        "```sql\ninsert into t values (1);\nERROR:  it's wrong\n```",
      ].join('\n'),
      'select a from t',
    ],
    ['nothing without an end', "```sql\nselect 'it\n```\n```sql\nselect 1"],
  ],
  go: [
    [
      'marked strings',
      'q := `-- sql\nselect a from t where b = $1`; r := `select c from t`; s := "select d" // `',
      'select a from t where b = $1',
    ],
    [
      'a comment before',
      '// language=sql\nconst q = `select a from t`\nconst r = `select b from t`',
      'select a from t',
    ],
  ],
  java: [
    [
      'marked text blocks',
      'String q = """\n  -- sql\n  select a\n  from t\n  """; String r = """\n select b from t""";',
      'select a\n  from t',
    ],
    [
      'marked strings',
      '// language=SQL\nString q = "select a from t where b = \\"c\\"";',
      'select a from t where b =  "c "',
    ],
  ],
  kotlin: [['templates', 'val q = """-- sql\nselect a from t where b = ${c.d}"""', 'select a from t where b = ${c.d}']],
  ruby: [
    [
      'heredocs',
      'q = <<~SQL\n  select a from t\n  where b = #{c["d"]}\nSQL\nr = <<~TEXT\n  select\nTEXT\n',
      'select a from t\n  where b = #{c__d__}',
    ],
    ['quoted heredocs', "x(<<-'SQL', 1)\n  select a from t\n  SQL\n", 'select a from t'],
  ],
  rust: [
    [
      'marked raw strings',
      'let q = r#"-- sql\nselect "a" from t"#; let r = "select b from t"; fn f<\'a>(x: &\'a str) {} let c = \'"\';',
      'select "a" from t',
    ],
  ],
};

describe('core/sql/hosts', () => {
  let grammar: Grammar;
  before(async () => {
    grammar = await loadGrammar();
  });

  const declare = (language: string, cases: readonly Case[]) => {
    describe(language, () => {
      for (const [name, text, ...expected] of cases) {
        it(`finds ${name}`, () => {
          const masked = maskHost(language, text);
          assert.ok(masked !== undefined);
          assert.equal(masked.length, text.length);
          assert.deepEqual(masked.match(/\r?\n/g), text.match(/\r?\n/g));
          const script = new Script(grammar, masked);
          assert.deepEqual(
            script.statements.map(({ statement }) => statement.text),
            expected,
          );
          for (const { statement } of script.statements) assert.equal(statement.syntaxError, undefined);
        });
      }
    });
  };
  declare('typescript', JAVASCRIPT);
  declare('javascriptreact', JAVASCRIPT);
  declare('python', PYTHON);
  for (const [language, cases] of Object.entries(OTHERS)) declare(language, cases);

  it('leaves SQL and unknown languages alone', () => {
    assert.equal(maskHost('sql', 'select 1'), undefined);
    assert.equal(maskHost('toString', 'select 1'), undefined);
  });

  it('tells the language from the name of a file', () => {
    assert.equal(languageOfFile('src/a.b.tsx'), 'typescriptreact');
    assert.equal(languageOfFile('C:\\x\\A.PY'), 'python');
    assert.equal(languageOfFile('migrations/1.sql'), 'sql');
    assert.equal(languageOfFile('-'), 'sql');
  });

  it('knows which edits leave the host whole', () => {
    const text = "/* sql */ 'select a from t where b = \\'c\\''; sql`select d from ${t}`;";
    const host = readHost('typescript', text);
    assert.ok(host);
    const keeps = (part: string, newText: string) => {
      const start = text.indexOf(part);
      return editsKeepHost(host, text, [{ range: { start, end: start + part.length }, newText }]);
    };
    assert.ok(keeps('select a', 'select b'));
    assert.ok(!keeps('select a', "select 'b'"));
    assert.ok(!keeps('select a', 'select\na'));
    assert.ok(!keeps("\\'c\\'", 'd'));
    assert.ok(keeps('select d', "select 'd'\n"));
    assert.ok(!keeps('select d', 'select `d`'));
    assert.ok(!keeps('select d', 'select ${d}'));
    assert.ok(!keeps('select d', '\\d'));
    assert.ok(!keeps('sql`select', 'sql`select'));
  });

  it('keeps its promises whatever the text', () => {
    let state = 7;
    const random = (limit: number) => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) % limit;
    const pieces = [
      'sql`',
      '`',
      '${',
      '}',
      '{',
      "'",
      '"',
      '"""',
      "'''",
      'f"',
      '/*',
      '*/',
      '//',
      '#',
      '/',
      '\n',
      '\r\n',
      '\\',
      'select a from t',
      'execute(',
      ')',
      '-- sql\n',
      '/* sql */',
      '```sql\n',
      '```\n',
      '<<~SQL\n',
      'SQL\n',
      'r#"',
      '"#',
      '+',
      '<p>',
      '</p>',
      ';',
      '😀',
      '\0',
      '$$',
    ];
    for (const language of HOST_LANGUAGES) {
      for (let round = 0; round < 200; round++) {
        const text = Array.from({ length: random(40) }, () => pieces[random(pieces.length)]).join('');
        const host = readHost(language, text);
        assert.ok(host);
        assert.equal(host.masked.length, text.length, JSON.stringify(text));
        assert.deepEqual(host.masked.match(/[\r\n]/g), text.match(/[\r\n]/g), JSON.stringify(text));
        let last = 0;
        for (const { range, text: sql } of host.fragments) {
          assert.ok(last <= range.start && range.start < range.end && range.end < text.length, JSON.stringify(text));
          assert.equal(sql.length, range.end - range.start);
          last = range.end + 1;
        }
      }
    }
  });
});
