import type { CopyResult } from '../operations/copy/copy.js';
import type { Style } from '../style.js';
import { plainText } from '../terminal/outside-text.js';

export function formatCopy({ environment, direction, files, bytes, skipped }: CopyResult, style: Style): string {
  const what = `${files} ${files === 1 ? 'file' : 'files'}, ${sizeText(bytes)}`;
  const done = `${style.green('✓')} Copied ${what} ${direction} ${style.bold(environment)}.`;
  if (skipped.length === 0) return done;
  const names = skipped.map((name) => `  ${plainText(name)}`).join('\n');
  const why = skipped.some((name) => name.includes('\ufffd')) ? 'no files, or their names are not UTF-8' : 'no files';
  return `${done}\n${style.magenta(`Not copied (${why}):`)}\n${names}`;
}

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
