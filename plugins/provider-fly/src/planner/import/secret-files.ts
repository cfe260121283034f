import { asList, asMap, type JsonMap } from '../observed/json-maps.js';

/** Where a secret is a file inside, and its mode. */
export interface SecretFile {
  mountPath: string;
  mode: number;
}

/** The files of a machine that a config can say: of a secret that a config has set, the first one of each. */
export function secretFiles(config: JsonMap, declared: readonly string[]): Map<string, SecretFile> {
  const found = new Map<string, SecretFile>();
  for (const file of asList(config['files']).map(asMap)) {
    const { guest_path: mountPath, secret_name: secret, mode = 0 } = file;
    if (typeof secret !== 'string' || !declared.includes(secret) || found.has(secret)) continue;
    // A config can name no other: `$` is a variable there, and control characters are refused.
    if (typeof mountPath !== 'string' || !/^\/[^\p{C}$]*$/u.test(mountPath)) continue;
    if (typeof mode !== 'number' || !Number.isInteger(mode) || mode < 0 || mode > 0o777) continue;
    found.set(secret, { mountPath, mode });
  }
  return found;
}

/** The files of nobody's secret that a config has set, by their paths: a deploy compares the others, and leaves these. */
export function otherFiles(config: JsonMap, declared: readonly string[]): string[] {
  return asList(config['files'])
    .map(asMap)
    .filter(({ secret_name: secret }) => typeof secret !== 'string' || !declared.includes(secret))
    .map(({ guest_path: path }) => String(path));
}
