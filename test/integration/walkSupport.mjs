/** What walks through the editor share: limits, and the editor's own parts by keyboard. */

/** The editor's first start on a loaded machine. */
export const START_LIMIT_MS = 90_000;
/** An answer that a server or a database has to work for. */
export const ANSWER_LIMIT_MS = 60_000;

/** How long a question is left to answer itself before it is asked again. */
const ASK_AGAIN_MS = 3_000;

/** One window of VS Code, used as a person at the keyboard uses it. */
export class Workbench {
  constructor(page) {
    this.page = page;
    this.keyboard = page.keyboard;
    this.input = page.locator('.quick-input-widget input').first();
    this.list = page.locator('.quick-input-list .monaco-list-row');
    this.menu = page.locator('.action-widget:visible');
    this.hover = page.locator('.monaco-hover:visible');
    this.problems = page.locator('.markers-panel .monaco-list-row');
    this.suggestions = page.locator('.suggest-widget:visible .monaco-list-row');
    this.line = page.locator('.editor-instance .view-line');
    this.message = page.locator('.monaco-editor-overlaymessage');
  }

  /** A squiggle of this severity: error, warning, info or hint. */
  squiggle(severity) {
    return this.page.locator(`.editor-instance .squiggly-${severity}`);
  }

  activeTab(name) {
    return this.page.locator('.tab.active', { hasText: name });
  }

  async press(...keys) {
    for (const key of keys) await this.keyboard.press(key);
  }

  /** Opens a file of the workspace by its name and waits until it is in front, with its text. */
  async open(name) {
    await this.press('Control+p');
    await this.input.waitFor();
    await this.input.fill(name);
    const wanted = this.list.filter({ hasText: name }).first();
    await wanted.waitFor();
    await wanted.click();
    await this.activeTab(name).waitFor();
    await this.line.first().waitFor();
  }

  /** Runs a command of the palette by its title. */
  async command(title) {
    const wanted = this.list.filter({ hasText: title }).first();
    const end = Date.now() + ANSWER_LIMIT_MS;
    for (;;) {
      // a page that is opened takes the keyboard once it is there, and the palette closes
      if (!(await this.input.isVisible())) await this.press('F1');
      try {
        await this.input.fill(`>${title}`, { timeout: ASK_AGAIN_MS });
        await wanted.waitFor({ timeout: 2 * ASK_AGAIN_MS });
        return await wanted.click({ timeout: ASK_AGAIN_MS });
      } catch (error) {
        if (Date.now() > end) throw error;
      }
    }
  }

  /** Answers the question for a file, by its title, with one of the folder that is shown. */
  async chooseFile(name, title) {
    await this.page.locator('.quick-input-widget:visible', { hasText: title }).waitFor();
    const wanted = this.list.filter({ hasText: name }).first();
    await wanted.waitFor();
    await wanted.click();
    await this.page.locator('.quick-input-widget:visible', { hasText: title }).waitFor({ state: 'detached' });
  }

  /** Puts the cursor at a line and column, both from 1, and waits until it is there. */
  async goTo(line, column) {
    await this.press('Control+g');
    await this.input.waitFor();
    await this.input.fill(`:${line}:${column}`);
    await this.press('Enter');
    await this.input.waitFor({ state: 'hidden' });
    await this.page.locator('.statusbar-item', { hasText: `Ln ${line}, Col ${column}` }).waitFor();
  }

  /** Asks what the editor knows at a place, until the answer has this text. */
  async hoverAt(line, column, text) {
    await this.goTo(line, column);
    const wanted = this.hover.filter({ hasText: text }).first();
    await this.#insist(() => this.press('Escape', 'Control+k', 'Control+i'), wanted);
    return wanted;
  }

  /** Runs a quick fix at a place by keyboard. */
  async fix(line, column, title) {
    await this.goTo(line, column);
    const row = this.menu.locator('.monaco-list-row').filter({ hasText: title });
    await this.#insist(async () => {
      if (await this.menu.isVisible()) {
        await this.press('Escape');
        await this.menu.waitFor({ state: 'hidden' });
      }
      await this.press('Control+.');
    }, row.first());
    const count = await this.menu.locator('.monaco-list-row').count();
    for (let presses = 0; presses < count && !(await isFocused(row.first())); presses++) await this.press('ArrowDown');
    await this.press('Enter');
    await this.menu.waitFor({ state: 'hidden' });
  }

  /** Saves and waits until the file is written. */
  async save() {
    await this.press('Control+s');
    await this.page.locator('.tab.active:not(.dirty)').waitFor();
  }

  /** A line of the editor with exactly this text. */
  lineOf(text) {
    // the editor draws each blank as one that does not break
    const pattern = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '\\s');
    return this.line.filter({ hasText: new RegExp(`^\\s*${pattern}$`) }).first();
  }

  /** A row of the Problems panel with all of these texts. */
  problem(...texts) {
    return texts.reduce((rows, hasText) => rows.filter({ hasText }), this.problems).first();
  }

  /** Asks again now and then: an answer may be given before the files around are read. */
  async #insist(ask, wanted) {
    const end = Date.now() + ANSWER_LIMIT_MS;
    for (;;) {
      await ask();
      try {
        return await wanted.waitFor({ timeout: ASK_AGAIN_MS });
      } catch (error) {
        if (Date.now() > end) throw error;
      }
    }
  }
}

async function isFocused(row) {
  return /\bfocused\b/.test((await row.getAttribute('class')) ?? '');
}
