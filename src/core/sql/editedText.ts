/** Characters around the last edit that may change without the rest of the text being cut anew, in UTF-16 code units. */
const NEAR = 4096;

/**
 * A text under edits, most of which are near the one before. Joined anew after each, a text of a megabyte would be
 * copied by the engine with every key; here what lies before and behind the edits stays as it was once cut.
 */
export class EditedText {
  private head = '';
  /** What the last edits changed, and what lies between them. */
  private middle = '';
  private tail: string;
  private whole: string | undefined;
  /** Words that head and tail do not have, as long as they stay. */
  private readonly absent = new Set<string>();

  constructor(text: string) {
    this.tail = text;
    this.whole = text;
  }

  get length(): number {
    return this.head.length + this.middle.length + this.tail.length;
  }

  /** All of it in one string, which costs the more the longer it is. */
  get text(): string {
    this.whole ??= this.head + this.middle + this.tail;
    return this.whole;
  }

  charCodeAt(offset: number): number {
    const { head, middle, tail } = this;
    if (offset < head.length) return head.charCodeAt(offset);
    if (offset < head.length + middle.length) return middle.charCodeAt(offset - head.length);
    return tail.charCodeAt(offset - head.length - middle.length);
  }

  slice(start: number, end: number): string {
    const { head, middle, tail } = this;
    const behind = head.length + middle.length;
    return (
      head.slice(Math.min(start, head.length), Math.min(end, head.length)) +
      middle.slice(Math.max(0, start - head.length), Math.max(0, end - head.length)) +
      tail.slice(Math.max(0, start - behind), Math.max(0, end - behind))
    );
  }

  /** Both offsets must lie within the text, `start` not behind `end`. */
  replace(start: number, end: number, newText: string): void {
    const first = this.head.length;
    const last = first + this.middle.length;
    if (start < first - NEAR || end > last + NEAR || this.middle.length + newText.length > 4 * NEAR) {
      const { text } = this;
      this.head = text.slice(0, start);
      this.middle = newText;
      this.tail = text.slice(end);
      this.absent.clear();
    } else {
      const from = Math.min(start, first);
      const to = Math.max(end, last);
      this.middle = this.slice(from, start) + newText + this.slice(end, to);
      this.head = this.head.slice(0, from);
      this.tail = this.tail.slice(to - last);
    }
    this.whole = undefined;
  }

  includes(word: string): boolean {
    if (!this.absent.has(word)) {
      if (this.head.includes(word) || this.tail.includes(word)) return true;
      this.absent.add(word);
    }
    const { length } = word;
    const first = this.head.length;
    return this.slice(Math.max(0, first - length), first + this.middle.length + length).includes(word);
  }
}
