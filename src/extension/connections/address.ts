/**
 * Takes the password out of an address, so that it can go to the secret storage: `postgresql://user:password@host`,
 * `...?password=...` and libpq's `password=...` (quoted or not).
 */
export function splitPassword(address: string): { url: string; password?: string } {
  const inUser = /^(postgres(?:ql)?:\/\/[^:@/?]*):([^@]*)@/.exec(address);
  if (inUser?.[1] !== undefined) {
    const rest = splitPassword(`${inUser[1]}@${address.slice(inUser[0].length)}`);
    return { url: rest.url, password: decode(inUser[2] ?? '') };
  }
  if (/^postgres(ql)?:\/\//.test(address)) {
    const match = /([?&])password=([^&#]*)(&?)/.exec(address);
    if (!match) return { url: address };
    const separator = match[3] ? match[1] : '';
    const url = address.slice(0, match.index) + separator + address.slice(match.index + match[0].length);
    return { url, password: decode(match[2] ?? '') };
  }
  const word = /(^|\s)password\s*=\s*('(?:\\.|[^'\\])*'|(?:\\.|[^\s\\])*)/.exec(address);
  if (!word) return { url: address };
  const value = (word[2] ?? '').replace(/^'(.*)'$/s, '$1').replace(/\\(.)/g, '$1');
  return { url: (address.slice(0, word.index) + address.slice(word.index + word[0].length)).trim(), password: value };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
