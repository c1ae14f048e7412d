/**
 * Converts the grammar's positions, which count UTF-8 bytes (nodes) or code points (errors), to UTF-16 offsets. Costs
 * nothing for ASCII text.
 */
export class OffsetMap {
  private readonly isAscii: boolean;
  private byByte: Int32Array | undefined;

  constructor(private readonly text: string) {
    this.isAscii = /^[\x00-\x7f]*$/.test(text);
  }

  /** A position beyond the text gives the text's end. */
  fromByte(byte: number): number {
    if (this.isAscii) return Math.min(byte, this.text.length);
    this.byByte ??= mapBytes(this.text);
    return this.byByte[byte] ?? this.text.length;
  }

  fromCodePoint(index: number): number {
    if (this.isAscii) return Math.min(index, this.text.length);
    let offset = 0;
    for (let left = index; left > 0 && offset < this.text.length; left--)
      offset += this.text.codePointAt(offset)! > 0xffff ? 2 : 1;
    return offset;
  }
}

/** The UTF-16 offset for each byte; the bytes within a character map to its beginning. */
function mapBytes(text: string): Int32Array {
  const map = new Int32Array(text.length * 3 + 1);
  let byte = 0;
  for (let offset = 0; offset < text.length;) {
    const code = text.codePointAt(offset)!;
    const bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (let i = 0; i < bytes; i++) map[byte++] = offset;
    offset += code > 0xffff ? 2 : 1;
  }
  map[byte] = text.length;
  return map.subarray(0, byte + 1);
}
