import { PieceReader } from './pieceReader';
import type { Scope } from './scope';
import { innerScope } from './scope';

/** Reads what stands before the BEGIN of a block: options, a label and declarations. */
export class DeclarationReader extends PieceReader {
  /** Blocks around the cursor. */
  protected depth = 0;

  /** `#variable_conflict use_column` at the top, a line each. */
  protected skipOptions(): void {
    const { tokens } = this;
    while (tokens.text().startsWith('#')) {
      const lineBreak = tokens.source.indexOf('\n', tokens.start());
      while (!tokens.atEnd && (lineBreak < 0 || tokens.start() < lineBreak)) tokens.at++;
    }
  }

  protected label(): void {
    const { tokens } = this;
    if (tokens.text() !== '<<') return;
    tokens.at++;
    if (tokens.isName()) tokens.at++;
    this.expect('>>');
  }

  protected declarations(outer: Scope): Scope {
    const { tokens } = this;
    let scope = outer;
    while (tokens.skip('declare')) {
      while (!tokens.atEnd && !tokens.is('begin', 'declare')) {
        if (!tokens.isName()) {
          this.problem();
          if (!tokens.skip(';')) tokens.at++;
          continue;
        }
        scope = this.declaration(scope);
        this.semicolon();
      }
    }
    return scope;
  }

  private declaration(scope: Scope): Scope {
    const { tokens } = this;
    const name = tokens.name();
    tokens.at++;
    if (tokens.is('alias')) {
      tokens.at = tokens.find();
      return innerScope(scope, [name]);
    }
    const isCursor = tokens.is('cursor') || (tokens.is('no', 'scroll') && /^(?:scroll|cursor)$/.test(tokens.word(1)));
    if (!isCursor) {
      const own = innerScope(scope, [name]);
      tokens.at = tokens.find(':=', '=', 'default', 'begin');
      if (tokens.is(':=', '=', 'default')) {
        tokens.at++;
        this.expression(own, tokens.find());
      }
      return own;
    }
    tokens.at = tokens.find('(', 'for', 'is');
    const parameters: string[] = [];
    if (tokens.text() === '(') {
      const end = tokens.find('for', 'is');
      let previous = '(';
      for (; tokens.at < end; tokens.at++) {
        if ((previous === '(' || previous === ',') && tokens.isName()) parameters.push(tokens.name());
        previous = tokens.text();
      }
    }
    if (tokens.is('for', 'is')) tokens.at++;
    else this.problem();
    this.query(innerScope(scope, parameters), this.tokens.find());
    return innerScope(scope, [name], [name]);
  }

  protected semicolon(): void {
    if (this.tokens.skip(';')) return;
    // The last END of a body needs none.
    if (this.tokens.atEnd && this.depth === 0) return;
    this.problem();
  }
}
