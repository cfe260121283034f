/** Splits a command line into words, minding quotes and backslashes; nothing is expanded. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word = '';
  let open = false;
  let quote = '';
  for (let index = 0; index < line.length; index++) {
    const char = line[index] ?? '';
    if (quote === "'") {
      if (char === "'") quote = '';
      else word += char;
    } else if (char === '\\' && index + 1 < line.length) {
      word += line[++index];
      open = true;
    } else if (quote === '"') {
      if (char === '"') quote = '';
      else word += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      open = true;
    } else if (/\s/.test(char)) {
      if (open || word !== '') words.push(word);
      word = '';
      open = false;
    } else {
      word += char;
    }
  }
  if (open || word !== '') words.push(word);
  return words;
}
