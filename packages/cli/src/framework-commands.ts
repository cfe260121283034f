import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from '@oclif/core/command';
import type { Config } from '@oclif/core/interfaces';
import { plainBlanks, spellCommands } from './commands-in-text.js';
import { coreError } from './error.js';
import { toFailure } from './failure.js';
import { core } from './lazy.js';
import type { FrameworkAnswer, PluginsAnswer } from './operations/framework-answer.js';
import { documentText, guessOutputMode } from './output-mode.js';
import { columnsOf, foldText } from './terminal/fold.js';
import { typedName } from './typed-name.js';

/** The members of a command that are replaced. */
interface Instance {
  argv: string[];
  run(): Promise<unknown>;
  log(message?: unknown): void;
  logToStderr(message?: unknown): void;
  logJson(json: unknown): void;
  warn(input: Error | string): Error | string;
  catch(error: Error): Promise<unknown>;
  toErrorJson(error: unknown): unknown;
  jsonEnabled(): boolean;
}

type CommandClass = Command.Class & { prototype: Instance };

/**
 * Makes a command of the framework's, or of somebody else's plugin, keep our contract: `--json` is answered with one document, what
 * goes wrong is thrown and told as everywhere, text is folded at the terminal's width, and a warning is one line.
 */
export function keepContract(command: Command.Class, argv: readonly string[], config: Config): void {
  const { prototype } = command as CommandClass;
  const { env, stdout, stderr } = process;
  const typed = typedName({ script: process.argv[1], env, cwd: process.cwd() });
  const mode = guessOutputMode(argv, env);
  const asJson = mode !== 'text';
  const said: string[] = [];
  const write = (stream: NodeJS.WriteStream, message: unknown) => {
    const text = spellCommands(textOf(message), { typed });
    if (asJson) said.push(plainBlanks(text));
    else stream.write(`${foldText(text, columnsOf(stream))}\n`);
  };

  // Those that know the option answer it themselves.
  const answers = command.enableJsonFlag === true;
  Object.assign(command, { enableJsonFlag: true });
  const { run } = prototype;
  Object.assign(prototype, {
    log: (message: unknown = '') => write(stdout, message),
    logToStderr: (message: unknown = '') => write(stderr, message),
    warn(input: Error | string) {
      if (!asJson) stderr.write(`${foldText(`Warning: ${textOf(input)}`, columnsOf(stderr))}\n`);
      return input;
    },
    async run(this: Instance) {
      const result = INSTALLS_PLUGINS.test(idOf(this, config))
        ? await installPlugins(this, run, config)
        : await run.call(this);
      if (CHANGES_PLUGINS.test(idOf(this, config))) await afterPluginsChanged(this, config);
      // Help answers for itself, wherever it is asked for.
      if (!asJson || (answers && result !== undefined) || idOf(this, config) === 'help') return result;
      const answer: FrameworkAnswer = {
        schema: 'sindri.command/1',
        command: idOf(this, config),
        output: said.flatMap(linesOf),
      };
      return answer;
    },
    logJson(json: unknown) {
      stdout.write(documentText(withoutInsides(json), mode));
    },
    jsonEnabled: () => asJson,
  } satisfies Partial<Instance>);
  // Told by whoever runs the command line, with a code and a kind. A command that tells its failures like that itself may.
  if (!tellsItself(prototype)) {
    prototype.catch = function (error: Error) {
      endAction();
      return Promise.reject(failureOf(error, idOf(this, config), config));
    };
  }
}

const INSTALLS_PLUGINS = /^plugins (add|install)$/;

/**
 * `plugins install`. A folder is used where it is, as by `plugins link`: npm would link it too, and the framework then takes any of
 * several linked folders for the one that was asked for.
 */
async function installPlugins(command: Instance, run: () => Promise<unknown>, config: Config): Promise<unknown> {
  const { sortPluginSources } = require('./plugin-sources.js') as typeof import('./plugin-sources.js');
  const { folders, words } = sortPluginSources(command.argv, process.cwd());
  for (const folder of folders) await linkPlugin(folder, config);
  if (folders.length > 0 && words.every((word) => word.startsWith('-'))) return undefined;
  const { tryAgainSooner, whyNotFound } = require('./npm-registry.js') as typeof import('./npm-registry.js');
  tryAgainSooner(process.env);
  try {
    return await run.call(Object.assign(command, { argv: words }));
  } catch (error) {
    const missing = NOT_IN_REGISTRY.exec((error as Error).message)?.[1];
    throw missing === undefined ? error : await whyNotFound(missing, error as Error, { registry: config.npmRegistry });
  }
}

/** What the framework says of every failure of `npm view`. */
const NOT_IN_REGISTRY = /^(\S+) does not exist in the registry\.$/;

async function linkPlugin(folder: string, config: Config): Promise<void> {
  const Link = (await config.findCommand('plugins:link', { must: true }).load()) as unknown as new (
    argv: string[],
    config: Config,
  ) => Instance;
  // Without a lock file there is nothing that npm could install, and the framework would only warn of that.
  const install = existsSync(path.join(folder, 'package-lock.json')) ? '--install' : '--no-install';
  await new Link([install, folder], config).run();
}

/** What is installed by these may bring a provider, or take one away. */
const CHANGES_PLUGINS = /^plugins (add|install|link|remove|reset|uninstall|unlink|update)$/;

/** Editors learn the options of what is installed now, and people what of it does not work; this process still knows what was. */
async function afterPluginsChanged(command: Instance, config: Config): Promise<void> {
  const { Config: Loaded } = require('@oclif/core') as typeof import('@oclif/core');
  const { refreshSchemas } =
    require('./operations/installed-schema.js') as typeof import('./operations/installed-schema.js');
  const { installedProviders } = require('./provider-loader.js') as typeof import('./provider-loader.js');
  const now = await Loaded.load({ root: config.root }).catch(() => null);
  if (now === null) return;
  const providers = core().createProviderRegistry(installedProviders(now));
  await refreshSchemas(process.env, providers);
  const before = new Set(installedProviders(config).map(({ origin }) => origin));
  for (const { name } of providers.list().filter(({ origin }) => !before.has(origin))) {
    await providers.get(name).catch((error: unknown) => {
      const { message, hint } = core().toSindriError(error);
      command.logToStderr(`Warning: ${message}${hint === undefined ? '' : `\n${hint}`}`);
    });
  }
}

function idOf(command: Instance, { topicSeparator }: Config): string {
  return ((command as unknown as { id?: string }).id ?? '').replaceAll(':', topicSeparator);
}

/** A spinner of the framework's holds back what others write while it turns. */
function endAction(): void {
  const { ux } = require('@oclif/core/ux') as typeof import('@oclif/core/ux');
  if (ux.action.running) ux.action.stop('failed');
}

/** What went wrong, as everywhere. The commands for plugins throw plain errors for what was typed wrong, and npm's as they come. */
function failureOf(error: Error & { oclif?: unknown; code?: string; path?: string }, id: string, { bin }: Config) {
  const help = `${bin} ${id} --help`;
  if (!id.startsWith('plugins') || isSindri(error)) return toFailure(error, help);
  const exited = /exited with code (\d+)/.exec(error.message);
  if (exited !== null) {
    return coreError({
      code: 'COMMAND_FAILED',
      kind: 'refused',
      message: `npm ended with exit code ${exited[1]}; what it said is above.`,
      hint: `Installed now: ${bin} plugins`,
      cause: error,
    });
  }
  const folder = /^could not find package\.json with .*root: '([^']+)'/s.exec(error.message)?.[1];
  if (folder !== undefined)
    return usage(`There is no package.json in ${folder}, so there is no plugin.`, `See: ${help}`);
  if (/ not installed$/.test(error.message)) return usage(`${error.message}.`, `Installed are: ${bin} plugins`);
  if (error.oclif !== undefined) return toFailure(error, help);
  const message =
    error.code === 'ENOENT' && error.path !== undefined ? `There is no ${error.path} here` : error.message;
  return usage(`${message}.`, `Installed are: ${bin} plugins --core`);

  function usage(text: string, hint: string) {
    return coreError({ code: 'USAGE', kind: 'usage', message: text, hint, cause: error });
  }
}

function isSindri(error: unknown): boolean {
  return core().isSindriError(error);
}

/** Whether a class between this one and the framework's own says how a failure is told as JSON. */
function tellsItself(prototype: object): boolean {
  const parent = Object.getPrototypeOf(prototype) as object | null;
  if (parent === null || parent === Object.prototype) return false;
  return Object.hasOwn(prototype, 'toErrorJson') || tellsItself(parent);
}

/** A plugin as people need it: the framework's object has every command of it. */
function withoutInsides(json: unknown): unknown {
  if (!Array.isArray(json)) return json;
  const plugins = json.map((one: unknown) => {
    if (typeof one !== 'object' || one === null || !('pjson' in one)) return one;
    const { name, version, type, root, tag, deps, commandIDs } = one as Record<string, unknown>;
    return { name, version, type, root, tag, commands: commandIDs, dependencies: deps };
  }) as PluginsAnswer['plugins'];
  const answer: PluginsAnswer = { schema: 'sindri.plugins/1', plugins };
  return answer;
}

function textOf(message: unknown): string {
  if (message instanceof Error) return message.message;
  return typeof message === 'string' ? message : JSON.stringify(message);
}

function linesOf(text: string): string[] {
  return text.replace(/\u001b\[[\d;]*m/g, '').split('\n');
}
