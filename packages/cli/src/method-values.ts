import type { Config } from '@oclif/core/interfaces';
import { describeMethods } from './format/connection-methods.js';
import { core } from './lazy.js';
import { methodsOfAll, providersHere, type ConnectingCommand } from './operations/connection-methods.js';
import { installedProviders } from './provider-loader.js';

/** `null` for a command that does not connect. */
export function connectingCommand(id: string): ConnectingCommand | null {
  return id === 'connect' || id === 'exec' ? id : null;
}

/** What `--method` of `command` takes: of the provider of the config here, else of all that are installed. */
export async function withMethods(
  config: Config,
  command: ConnectingCommand,
  file: string | undefined,
): Promise<{ names: string[]; described: [name: string, text: string][] }> {
  const providers = await providersHere({
    registry: core().createProviderRegistry(installedProviders(config)),
    config: file ?? process.env['SINDRI_CONFIG'],
    cwd: process.cwd(),
    env: process.env,
  });
  const methods = methodsOfAll(providers, command);
  return { names: [...new Set(methods.map(({ name }) => name))], described: describeMethods(methods) };
}
