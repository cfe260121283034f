import { open } from 'node:fs/promises';
import { SindriError } from '../../model/errors.js';

/** Far above any real config, low enough that a wrong file is refused at once. */
export const MAXIMUM_CONFIG_BYTES = 256 * 1024;

/** The text of a config file. Rejects with `CONFIG_UNREADABLE`: no permission, too large, not UTF-8. */
export async function readConfigFile(file: string, displayName: string): Promise<string> {
  const bytes = await readLimited(file, displayName);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable(file, `${displayName} is not a text file in UTF-8.`, 'Save it as UTF-8, or name another file.');
  }
}

async function readLimited(file: string, displayName: string): Promise<Buffer> {
  try {
    const handle = await open(file, 'r');
    try {
      const chunks: Buffer[] = [];
      let size = 0;
      for (;;) {
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, null);
        if (bytesRead === 0) return Buffer.concat(chunks);
        size += bytesRead;
        if (size > MAXIMUM_CONFIG_BYTES) throw tooLarge(file, displayName);
        chunks.push(buffer.subarray(0, bytesRead));
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof SindriError) throw error;
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    const hint = reason === 'EACCES' ? 'Check its permissions.' : undefined;
    throw unreadable(file, `${displayName} cannot be read (${reason}).`, hint, error);
  }
}

/** The same limit for a text that came from elsewhere. */
export function requireConfigSize(text: string, displayName: string): void {
  if (text.length > MAXIMUM_CONFIG_BYTES) throw tooLarge(displayName, displayName);
}

function tooLarge(file: string, displayName: string): SindriError {
  const limit = MAXIMUM_CONFIG_BYTES / 1024;
  return unreadable(
    file,
    `${displayName} is larger than ${limit} KB.`,
    'This is hardly a sindri.yaml; name another file.',
  );
}

function unreadable(file: string, message: string, hint?: string, cause?: unknown): SindriError {
  return new SindriError({ code: 'CONFIG_UNREADABLE', kind: 'usage', message, hint, details: { file }, cause });
}
