/** Where `config init` lets the line of a new file point: beside the config, hidden. */
export const DEFAULT_SCHEMA_PATH = '.sindri/schema.json';

const LINE = /^#\s*yaml-language-server:\s*\$schema=(\S+)/;

/** The comment by which editors with YAML support find the schema of a file. */
export function schemaLine(reference: string): string {
  return `# yaml-language-server: $schema=${reference}`;
}

/** What the schema line among the comments at the top of a config points to; `null` = it has none. */
export function schemaReference(text: string): string | null {
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const found = LINE.exec(line);
    if (found !== null) return found[1] ?? null;
    if (!/^\s*(#|%|---|$)/.test(line)) return null;
  }
  return null;
}

/** `text` with a schema line as its first. */
export function withSchemaLine(text: string, reference: string): string {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const body = text.slice(mark.length);
  // A directive must come before everything else but comments, where a comment is welcome, too.
  return `${mark}${schemaLine(reference)}${body.includes('\r\n') ? '\r\n' : '\n'}${body}`;
}
