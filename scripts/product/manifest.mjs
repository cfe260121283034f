// The product's package.json and the framework's manifest: all commands in one place, so that nothing has to be looked for at start.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../setup.mjs';

const nameOfAll = '@sindri/cli';

/** What help tells of a command. */
const detailed = ['args', 'description', 'examples', 'flags', 'summary'];

/** What most commands have in common. */
const usual = {
  aliases: [],
  hiddenAliases: [],
  hasDynamicHelp: false,
  strict: true,
  enableJsonFlag: false,
  pluginName: nameOfAll,
  pluginAlias: nameOfAll,
  pluginType: 'core',
};
const isUsual = ([name, value]) => JSON.stringify(value) === JSON.stringify(usual[name]);

/** What is read at every start, and the rest of it: see command-details.cjs. */
export function manifestAndDetails(config, plugins) {
  const { commands, version } = manifestOf(config, plugins);
  const split = (id, wanted) => [
    id,
    Object.fromEntries(
      Object.entries(commands[id]).filter(([name, value]) =>
        wanted ? detailed.includes(name) : !detailed.includes(name) && !isUsual([name, value]),
      ),
    ),
  ];
  const partOf = (wanted) => Object.fromEntries(Object.keys(commands).map((id) => split(id, wanted)));
  return {
    manifest: {
      version,
      details: { file: 'lib/command-details.json', names: detailed, usual },
      commands: partOf(false),
    },
    details: partOf(true),
  };
}

function manifestOf(config, plugins) {
  const all = plugins.flatMap((plugin) => Object.entries(plugin.manifest.commands));
  const commands = all.map(([id, { relativePath: _file, isESM: _format, ...command }]) => [
    id,
    { ...command, pluginName: nameOfAll, pluginAlias: nameOfAll, pluginType: 'core' },
  ]);
  return { commands: Object.fromEntries(commands), version: config.version };
}

export function packageOf({ pjson }, plugins) {
  const { name, version, description, license, engines, publishConfig, oclif } = pjson;
  const { plugins: _inside, commands: _files, hooks: _hooks, helpClass: _help, ...rest } = oclif;
  const emulator = JSON.parse(readFileSync(path.join(root, 'packages/fly-emulator/package.json'), 'utf8'));
  return {
    name,
    version,
    description,
    license,
    engines,
    bin: { sindri: './bin/run.js' },
    files: ['bin', 'lib', 'templates', 'oclif.manifest.json', 'THIRD-PARTY-LICENSES.md'],
    // The one thing that is native: real terminals on the local emulator.
    dependencies: { '@lydell/node-pty': emulator.dependencies['@lydell/node-pty'] },
    publishConfig,
    oclif: {
      ...rest,
      commands: { strategy: 'explicit', target: './lib/commands.js', identifier: 'commands' },
      helpClass: { target: './lib/help.js', identifier: 'default' },
      hooks: {
        init: './lib/hooks/spell-as-typed.js',
        command_not_found: './lib/hooks/command-not-found.js',
        prerun: './lib/hooks/keep-contract.js',
      },
    },
    sindri: { providers: providersOf(plugins).map(declarationOf) },
  };
}

/** Our plugins that bring a provider, in the order of the command line's own list: the first is the choice of `config init`. */
export function providersOf(plugins) {
  const order = plugins.find(({ name }) => name === nameOfAll).pjson.oclif.plugins;
  return plugins
    .filter(({ pjson }) => pjson.sindri?.provider !== undefined)
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}

/** What the command line reads of a provider's package; the files are those of the product. */
function declarationOf({ pjson: { name, version, sindri } }) {
  const { provider } = sindri;
  return {
    name,
    version,
    sindri: {
      provider: {
        ...provider,
        entry: `./lib/providers/${provider.name}.js`,
        ...(provider.conformance === undefined
          ? {}
          : { conformance: `./lib/providers/${provider.name}-conformance.js` }),
      },
    },
  };
}
