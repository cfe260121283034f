import { readPacketLines } from './packet-lines.js';

const PEELED = '^{}';

/**
 * The refs of a repository as `git-upload-pack` advertises them: full name → commit. An annotated tag comes twice, and what it is a tag of
 * counts. `null` for what is no advertisement.
 */
export function readAdvertisedRefs(bytes: Buffer): Record<string, string> | null {
  const refs = new Map<string, string>();
  let announced = false;
  // What was cut off ends with a line.
  let whole = false;
  try {
    for (const packet of readPacketLines(bytes)) {
      whole = packet === null;
      if (packet === null) continue;
      // Behind a NUL the first line lists what the server can do.
      const [line = ''] = packet.toString('utf8').replace(/\n$/, '').split('\0');
      if (line.startsWith('# service=git-upload-pack')) {
        announced = true;
        continue;
      }
      const [, commit, name] = /^([0-9a-f]{40}) (\S+)$/.exec(line) ?? [];
      if (!announced || commit === undefined || name === undefined) return null;
      if (name.endsWith(PEELED)) {
        const tag = name.slice(0, -PEELED.length);
        // A repository without a single ref advertises `capabilities^{}`.
        if (refs.has(tag)) refs.set(tag, commit);
      } else refs.set(name, commit);
    }
  } catch {
    return null;
  }
  return announced && whole ? Object.fromEntries(refs) : null;
}
