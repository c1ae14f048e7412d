import type { SourceRange } from '../../base/sourceRange';
import type { BodyContext } from '../statement';
import { BodyTokens } from './bodyTokens';
import { DeclarationReader } from './declarationReader';
import type { Piece } from './piece';

import type { Scope } from './scope';
import { innerScope } from './scope';

/** Blocks nested deeper than this are not read: no person wrote them. */
const DEPTH_LIMIT = 200;
const ENDS_STATEMENTS: ReadonlySet<string> = new Set('end else elsif elseif when exception'.split(' '));
const RAISE_LEVELS = ['debug', 'log', 'info', 'notice', 'warning', 'exception'];
/** Statements that hold no SQL of their own. */
const WITHOUT_SQL: ReadonlySet<string> = new Set(['get', 'fetch', 'move', 'close']);

/**
 * The SQL statements and expressions of a PL/pgSQL body, in the order of the text. Reads on after a mistake as well as
 * it can; only the first one is reported, since those after it may come from it.
 */
export function readPlpgsql(
  source: string,
  range: SourceRange,
  scope: Scope,
  routine: BodyContext['routine'],
): Piece[] {
  return new PlpgsqlReader(new BodyTokens(source, range), routine).read(scope);
}

class PlpgsqlReader extends DeclarationReader {
  read(scope: Scope): Piece[] {
    const { tokens } = this;
    if (tokens.atEnd) return [];
    this.skipOptions();
    this.label();
    if (tokens.is('declare', 'begin')) {
      this.block(scope);
      tokens.skip(';');
    }
    if (!tokens.atEnd) this.problem();
    while (!tokens.atEnd) {
      if (ENDS_STATEMENTS.has(tokens.word())) tokens.at++;
      else this.statement(scope);
    }
    return this.pieces;
  }

  /** From DECLARE or BEGIN to its END and label. */
  private block(outer: Scope): void {
    const scope = this.declarations(outer);
    this.expect('begin');
    this.statements(scope);
    if (this.tokens.skip('exception')) {
      const inHandler = innerScope(scope, ['sqlstate', 'sqlerrm']);
      if (!this.tokens.is('when')) this.problem();
      while (this.tokens.skip('when')) {
        this.tokens.at = this.tokens.find('then');
        this.expect('then');
        this.statements(inHandler);
      }
    }
    this.end();
  }

  private statements(scope: Scope): void {
    const { tokens } = this;
    if (++this.depth > DEPTH_LIMIT) this.giveUp();
    while (!tokens.atEnd && (!ENDS_STATEMENTS.has(tokens.word()) || this.isAssignment())) this.statement(scope);
    this.depth--;
  }

  /** One statement with its semicolon. Always moves on. */
  private statement(scope: Scope): void {
    const { tokens } = this;
    const before = tokens.at;
    this.label();
    if (this.isAssignment()) {
      tokens.at = tokens.afterTarget() + 1;
      this.expression(scope, tokens.find());
      this.semicolon();
    } else this.command(scope, tokens.word());
    if (tokens.at === before) tokens.at++;
  }

  private isAssignment(): boolean {
    const { tokens } = this;
    const next = tokens.afterTarget();
    return next > tokens.at && (tokens.text(next) === ':=' || tokens.text(next) === '=');
  }

  private command(scope: Scope, word: string): void {
    const { tokens } = this;
    if (WITHOUT_SQL.has(word)) tokens.at = tokens.find();
    else if (word === 'null') tokens.at++;
    else if (word === 'perform') this.perform(scope);
    else if (word === 'declare' || word === 'begin') this.block(scope);
    else if (COMMANDS.has(word)) {
      tokens.at++;
      COMMANDS.get(word)!.call(this, scope);
    } else if (tokens.text() !== ';') this.sql(scope);
    else this.problem();
    this.semicolon();
  }

  private if(scope: Scope): void {
    const { tokens } = this;
    do {
      this.expressionUntil(scope, 'then');
      this.expect('then');
      this.statements(scope);
    } while (tokens.skip('elsif') || tokens.skip('elseif'));
    if (tokens.skip('else')) this.statements(scope);
    this.end('if');
  }

  private case(scope: Scope): void {
    const { tokens } = this;
    if (!tokens.is('when')) this.expressionUntil(scope, 'when');
    if (!tokens.is('when')) this.problem();
    while (tokens.skip('when')) {
      this.expressionUntil(scope, 'then');
      this.expect('then');
      this.statements(scope);
    }
    if (tokens.skip('else')) this.statements(scope);
    this.end('case');
  }

  private loop(scope: Scope): void {
    this.loops++;
    this.statements(scope);
    this.loops--;
    this.end('loop');
  }

  /** The condition is evaluated before each round, so it counts as inside. */
  private while(scope: Scope): void {
    this.loops++;
    this.expressionUntil(scope, 'loop');
    this.loops--;
    this.expect('loop');
    this.loop(scope);
  }

  private for(scope: Scope): void {
    const { tokens } = this;
    const target = tokens.name();
    this.loopTarget();
    let inside = scope;
    if (tokens.skip('execute')) this.execute(scope, 'loop');
    else {
      const dots = tokens.find('..', 'loop');
      if (tokens.text(dots) === '..') {
        tokens.skip('reverse');
        this.expression(scope, dots);
        tokens.at++;
        this.expressionUntil(scope, 'by', 'loop');
        if (tokens.skip('by')) this.expressionUntil(scope, 'loop');
        inside = innerScope(scope, [target]);
      } else if (tokens.is('loop')) this.problem();
      else if (scope.cursors.has(tokens.name()) || this.isCursorAlone(dots)) {
        // FOR over a bound cursor declares its record.
        inside = innerScope(scope, [target]);
        tokens.at = dots;
      } else this.query(scope, dots);
    }
    this.expect('loop');
    this.loop(inside);
  }

  /** The variables of FOR and FOREACH, with SLICE, up to behind IN. */
  private loopTarget(): void {
    const { tokens } = this;
    if (!tokens.isName()) this.problem();
    tokens.at = tokens.find('in', 'loop');
    this.expect('in');
  }

  /** `cursor` or `cursor(arguments)` and nothing else. */
  private isCursorAlone(end: number): boolean {
    const { tokens } = this;
    return tokens.isName() && (tokens.at + 1 === end || tokens.text(tokens.at + 1) === '(') && !tokens.is('values');
  }

  private foreach(scope: Scope): void {
    this.loopTarget();
    this.expect('array');
    this.expressionUntil(scope, 'loop');
    this.expect('loop');
    this.loop(scope);
  }

  private exit(scope: Scope): void {
    this.tokens.at = this.tokens.find('when');
    if (this.tokens.skip('when')) this.expression(scope, this.tokens.find());
  }

  private return(scope: Scope): void {
    const { tokens } = this;
    if (tokens.skip('query')) {
      if (tokens.skip('execute')) this.execute(scope);
      else this.query(scope, tokens.find());
      return;
    }
    tokens.skip('next');
    if (tokens.text() !== ';' && !tokens.atEnd) this.expression(scope, tokens.find());
  }

  private raise(scope: Scope): void {
    const { tokens } = this;
    if (tokens.is(...RAISE_LEVELS)) tokens.at++;
    if (tokens.isString()) {
      tokens.at++;
      while (tokens.skip(',')) this.expressionUntil(scope, ',', 'using');
    } else tokens.at = tokens.find('using');
    if (!tokens.skip('using')) return;
    do {
      tokens.at = tokens.find('=', ':=', ',');
      if (tokens.is('=', ':=')) {
        tokens.at++;
        this.expressionUntil(scope, ',');
      } else this.problem();
    } while (tokens.skip(','));
  }

  private assert(scope: Scope): void {
    this.expressionUntil(scope, ',');
    if (this.tokens.skip(',')) this.expression(scope, this.tokens.find());
  }

  private open(scope: Scope): void {
    const { tokens } = this;
    tokens.at = tokens.find('for');
    if (!tokens.skip('for')) return;
    if (tokens.skip('execute')) this.execute(scope);
    else this.query(scope, tokens.find());
  }

  /** END, the word it belongs to and a label. */
  private end(...words: readonly string[]): void {
    const { tokens } = this;
    if (!tokens.is('end')) {
      this.problem();
      return;
    }
    if (words.some((word, i) => tokens.word(i + 1) !== word)) {
      // Most likely the END of what is around.
      tokens.at++;
      this.problem();
      tokens.at--;
      return;
    }
    tokens.at += 1 + words.length;
    if (tokens.isName() && words[0] !== 'if' && words[0] !== 'case') tokens.at++;
  }

  /** Commands by their first word, which has been read. */
  static readonly commands = {
    if: PlpgsqlReader.prototype.if,
    case: PlpgsqlReader.prototype.case,
    loop: PlpgsqlReader.prototype.loop,
    while: PlpgsqlReader.prototype.while,
    for: PlpgsqlReader.prototype.for,
    foreach: PlpgsqlReader.prototype.foreach,
    exit: PlpgsqlReader.prototype.exit,
    continue: PlpgsqlReader.prototype.exit,
    return: PlpgsqlReader.prototype.return,
    raise: PlpgsqlReader.prototype.raise,
    assert: PlpgsqlReader.prototype.assert,
    execute: PlpgsqlReader.prototype.execute,
    open: PlpgsqlReader.prototype.open,
  };
}

const COMMANDS = new Map<string, (this: PlpgsqlReader, scope: Scope) => void>(Object.entries(PlpgsqlReader.commands));
