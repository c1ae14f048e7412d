import assert from 'node:assert/strict';
import { messageHtml } from '../../../src/extension/panels/savedPlanMessage';

const HOSTILE = `<script>x</script><img src=x onerror='x'>"\u202e`;

describe('extension/panels/savedPlanMessage', () => {
  it('says why, what is accepted, and how to make one', () => {
    const html = messageHtml({
      name: 'a.txt',
      reason: 'It is empty.',
      problems: ['one', 'two'],
      openAsText: 'command:x',
    });
    assert.match(
      html,
      /<h1>No plan to show in a\.txt<\/h1>\n<p role="alert">It is empty\.<\/p>\n<ul><li>one<\/li><li>two/,
    );
    assert.match(html, /<a href="command:x">Open as text<\/a>/);
    assert.match(html, /EXPLAIN \(ANALYZE, BUFFERS, FORMAT JSON\)/);
    assert.match(html, /default-src 'none'; style-src 'unsafe-inline'"/);
  });

  it('shows hostile words as words', () => {
    const html = messageHtml({ name: HOSTILE, reason: HOSTILE, problems: [HOSTILE], openAsText: HOSTILE });
    assert.doesNotMatch(html, /<script|<img|\u202e/);
    assert.equal([...html.matchAll(/&lt;script&gt;x&lt;\/script&gt;/g)].length, 4);
    assert.match(html, /<a href="&lt;script&gt;[^"<>]*">Open as text/);
  });

  it('lists no more problems than anybody reads', () => {
    const problems = Array.from({ length: 300 }, (_, index) => `problem ${index}`);
    const html = messageHtml({ name: 'a', reason: 'b', problems, openAsText: 'c' });
    assert.equal([...html.matchAll(/<li>/g)].length, 20);
  });
});
