import type { JsonValue } from '@sindri/core';

/** JSON as YAML in block style, for reading. Every text that YAML could take for something else is quoted. */
export function formatYaml(value: JsonValue, depth = 0): string {
  const pad = '  '.repeat(depth);
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return value.map((item) => `${pad}- ${formatYaml(item, depth + 1).trimStart()}`).join('\n');
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) return '{}';
    return entries
      .map(([key, item]) => {
        const nested = typeof item === 'object' && item !== null && Object.keys(item).length > 0;
        return `${pad}${scalar(key)}:${nested ? `\n${formatYaml(item, depth + 1)}` : ` ${formatYaml(item)}`}`;
      })
      .join('\n');
  }
  return typeof value === 'string' ? scalar(value) : String(value);
}

/** Plain where that is safe: starts with a letter, and is no word that YAML reads as true, false or null. */
function scalar(text: string): string {
  const plain = /^[A-Za-z][\w./@^~-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}
