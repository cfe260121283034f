/** Memory for people: `4 GB` when it is a whole number of GB, else `512 MB`. */
export function memoryText(mb: number): string {
  return mb >= 1024 && mb % 1024 === 0 ? `${mb / 1024} GB` : `${mb} MB`;
}

/** US dollars for people, always with cents. */
export function moneyText(usd: number): string {
  return `${usd < 0 ? '-' : ''}$${Math.abs(usd).toFixed(2)}`;
}

/** `a`, `a or b`, `a, b or c`. */
export function alternatives(words: readonly (string | number)[]): string {
  return joined(words, 'or');
}

/** `a`, `a and b`, `a, b and c`. */
export function listAnd(words: readonly (string | number)[]): string {
  return joined(words, 'and');
}

function joined(words: readonly (string | number)[], before: 'and' | 'or'): string {
  const last = words.at(-1);
  if (last === undefined) return '';
  return words.length === 1 ? String(last) : `${words.slice(0, -1).join(', ')} ${before} ${last}`;
}
