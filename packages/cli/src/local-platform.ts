import type { Command } from '@oclif/core/command';
import type { Config } from '@oclif/core/interfaces';
import type { ProviderSource } from '@sindri/core';
import { toFailure } from './failure.js';
import { core } from './lazy.js';
import type { Env } from './shell.js';
import { coreError } from './error.js';

/**
 * Runs the command that a provider declares for its local emulator, without a word on the terminal, and returns the variables
 * that lead to it. Throws `LOCAL_UNAVAILABLE` when there is none or it does not start.
 */
export async function startLocalPlatform(config: Config, source: ProviderSource): Promise<Record<string, string>> {
  if (source.local === undefined) {
    throw coreError({
      code: 'LOCAL_UNAVAILABLE',
      kind: 'usage',
      message: `The provider "${source.name}" (${source.origin}) has no local emulator.`,
      hint: 'Run the command without --local.',
    });
  }
  const id = source.local.command;
  const command = config.findCommand(id);
  if (command === undefined) {
    throw coreError({
      code: 'LOCAL_UNAVAILABLE',
      kind: 'usage',
      message: `The provider "${source.name}" wants the command "${id.replaceAll(':', ' ')}" for --local, but no installed plugin has it.`,
      hint: `Install the plugin that brings it, or ask the authors of ${source.origin}.`,
    });
  }
  const answer: unknown = await runSilently((await command.load()) as CommandClass, config).catch((error: unknown) => {
    // As the entry point would tell it: with the kind that its exit status stands for.
    throw toFailure(error, `${config.bin} ${id.replaceAll(':', ' ')} --help`);
  });
  const env = environmentOf(answer);
  if (env === null) {
    throw coreError({
      code: 'LOCAL_UNAVAILABLE',
      kind: 'internal',
      message: `The command "${id.replaceAll(':', ' ')}" started, but did not say how to reach it.`,
      hint: `Update the plugin that brings it, or tell its authors: it must return { env }.`,
    });
  }
  return env;
}

/**
 * `env` with the way to the local emulator laid over it. Variables of the same family (`FLY_…`) that carry credentials or
 * addresses and were not replaced are removed: a real token must never reach the emulator, nor its token the real platform.
 */
export function overlayLocal(env: Env, local: Readonly<Record<string, string>>): Env {
  const { isSecretName } = core();
  const leadsThere = (name: string) => isSecretName(name) || name.includes('URL');
  const families = [...new Set(Object.keys(local).map((name) => `${name.split('_')[0]}_`))];
  const kept = Object.entries(env).filter(
    ([name]) => !(families.some((family) => name.startsWith(family)) && leadsThere(name)),
  );
  return { ...Object.fromEntries(kept), ...local };
}

type CommandClass = Command.Class & (new (argv: string[], config: Config) => Command);

/** Other commands print what they return; here only the return value counts, and a failure must come out as one. */
async function runSilently(loaded: CommandClass, config: Config): Promise<unknown> {
  class Silent extends (loaded as unknown as new (argv: string[], config: Config) => SilentBase) {
    override log(): void {}
    override logToStderr(): void {}
    override logJson(): void {}
    override warn(input: Error | string): Error | string {
      return input;
    }
    override async catch(error: unknown): Promise<never> {
      throw error;
    }
  }
  const instance = Silent as unknown as { run(argv: string[], config: Config): Promise<unknown> };
  return instance.run(['--json'], config);
}

/** The members of a command that are replaced. */
interface SilentBase {
  log(): void;
  logToStderr(): void;
  logJson(): void;
  warn(input: Error | string): Error | string;
  catch(error: unknown): Promise<never>;
}

function environmentOf(answer: unknown): Record<string, string> | null {
  const env = (answer as { env?: unknown } | null | undefined)?.env;
  if (typeof env !== 'object' || env === null) return null;
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]));
}
