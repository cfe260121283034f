import { readFileSync } from 'node:fs';
import path from 'node:path';
import { plainText } from './terminal/outside-text.js';

/** A warning as the framework emits it for a plugin that it cannot load. */
type PluginWarning = Error & { code?: string; detail?: string; path?: string };

interface WarningSource {
  on(event: 'warning', listener: (warning: Error) => void): unknown;
  removeAllListeners(event: 'warning'): unknown;
  listeners(event: 'warning'): unknown[];
}

/**
 * Tells a plugin that cannot be loaded in one line that says what to type. Any other warning is shown as before. `dataDir`: where
 * the framework keeps the list of plugins.
 */
export function tellPluginWarnings(
  source: WarningSource,
  stderr: { write(text: string): unknown },
  dataDir: () => string,
): void {
  const before = source.listeners('warning') as ((warning: Error) => void)[];
  source.removeAllListeners('warning');
  source.on('warning', (warning) => {
    const line = lineFor(warning, dataDir);
    if (line === null) for (const listener of before) listener.call(source, warning);
    else stderr.write(`${plainText(line)}\n`);
  });
}

function lineFor(warning: PluginWarning, dataDir: () => string): string | null {
  if (warning.detail?.includes('module: @oclif/core') !== true) return null;
  const gone =
    warning.code === 'ENOENT' && warning.path !== undefined && path.basename(warning.path) === 'package.json';
  if (!gone) {
    const said = (label: string): string | undefined =>
      new RegExp(`^${label}: (.*)$`, 'm').exec(warning.detail ?? '')?.[1];
    const reason = said('message') ?? warning.message;
    return `Warning: the plugin ${said('plugin') ?? ''} cannot be loaded whole: ${reason}. See: sindri plugins`;
  }
  const root = path.dirname(warning.path as string);
  const name = linkedFrom(root, dataDir());
  return `Warning: the plugin ${name ?? 'that was linked'} is not in ${root} any more. Type: sindri plugins unlink ${name ?? root}`;
}

/** The name of the plugin that was linked from `root`. */
function linkedFrom(root: string, dataDir: string): string | undefined {
  try {
    const { oclif } = JSON.parse(readFileSync(path.join(dataDir, 'package.json'), 'utf8')) as {
      oclif?: { plugins?: { name?: string; root?: string }[] };
    };
    return oclif?.plugins?.find((plugin) => plugin.root === root)?.name;
  } catch {
    return undefined;
  }
}
