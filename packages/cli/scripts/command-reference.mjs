// Writes docs/cli.md and test/command-snapshot.json from the built commands; with --check only says whether they are up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';

const packageDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const { Config, settings } = require('@oclif/core');
settings.enableAutoTranspile = false;

/** The plugins whose commands are ours to document. */
const documented = ['@sindri/cli', '@sindri/fly-emulator'];

const config = await Config.load({ root: packageDir, userPlugins: false });
const commands = config.commands
  .filter((command) => documented.includes(command.pluginName) && !command.hidden)
  .sort((a, b) => (a.id < b.id ? -1 : 1));

const outputs = [
  await formatted(path.join(packageDir, 'test/command-snapshot.json'), JSON.stringify(commands.map(snapshotOf))),
  await formatted(path.resolve(packageDir, '../../docs/cli.md'), reference()),
];

if (process.argv.includes('--check')) {
  const stale = outputs.filter(([file, text]) => read(file) !== text).map(([file]) => path.relative(packageDir, file));
  if (stale.length > 0) {
    console.error(`Not up to date: ${stale.join(', ')}. Run: node packages/cli/scripts/command-reference.mjs`);
    process.exit(1);
  }
} else {
  for (const [file, text] of outputs) writeFileSync(file, text);
}

/** As the repository formats its files, so that nobody's editor makes it another text. */
async function formatted(file, text) {
  return [file, await prettier.format(text, { ...(await prettier.resolveConfig(file)), filepath: file })];
}

/** What scripts rely on: a difference here needs a line in the changelog. */
function snapshotOf({ id, pluginName, flags, args, aliases }) {
  return {
    command: words(id),
    plugin: pluginName,
    flags: Object.values(flags)
      .map(({ name, char, type, options, env }) => [`--${name}`, char && `-${char}`, type, options?.join('|'), env])
      .map((parts) => parts.filter(Boolean).join(' '))
      .sort(),
    arguments: Object.values(args).map(({ name, required }) => (required ? name : `[${name}]`)),
    aliases,
  };
}

function reference() {
  const shared = Object.values(commands.find(({ id }) => id === 'deploy').flags).filter(isShared);
  return `${[
    '# Command reference',
    '<!-- Made by packages/cli/scripts/command-reference.mjs; a test compares. Change the commands, not this file. -->',
    'How streams, exit codes and variables work is told in [the README of the command line](../packages/cli/README.md).',
    `## Everywhere\n\n${flagTable(shared)}`,
    ...commands.map(section),
  ].join('\n\n')}\n`;
}

function section(command) {
  const own = Object.values(command.flags).filter((flag) => !(command.pluginName === '@sindri/cli' && isShared(flag)));
  const args = Object.values(command.args);
  const parts = [`## \`sindri ${words(command.id)}\``, plain(command.summary ?? firstLine(command.description))];
  const rest = command.summary === undefined ? restOf(command.description) : command.description;
  if (rest) parts.push(plain(rest));
  if (args.length > 0)
    parts.push(
      table(
        ['Argument', ''],
        args.map((arg) => [`\`${arg.name}\``, arg.description ?? '']),
      ),
    );
  if (own.length > 0) parts.push(flagTable(own));
  const examples = (command.examples ?? []).map((example) => exampleOf(example, command));
  if (examples.length > 0) parts.push(`\`\`\`sh\n${examples.join('\n')}\n\`\`\``);
  return parts.join('\n\n');
}

function flagTable(flags) {
  const rows = flags
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((flag) => [
      spelled(flag),
      [flag.summary ?? flag.description ?? '', flag.env ? `Variable: \`${flag.env}\`.` : ''].filter(Boolean).join(' '),
    ]);
  return table(['Option', ''], rows);
}

function spelled({ name, char, type, options, helpValue }) {
  const value = type === 'boolean' ? '' : ` ${options?.join('\\|') ?? helpValue ?? name.toUpperCase()}`;
  return `${char ? `\`-${char}\`, ` : ''}\`--${name}${value.replaceAll('\\|', '|')}\``;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('\n', ' ').replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function exampleOf(example, command) {
  const { description, command: line } = typeof example === 'string' ? { command: example } : example;
  const filled = line.replaceAll('<%= config.bin %>', 'sindri').replaceAll('<%= command.id %>', words(command.id));
  return description === undefined ? filled : `# ${description}\n${filled}`;
}

function isShared({ helpGroup }) {
  return helpGroup === 'GLOBAL';
}

function words(id) {
  return id.replaceAll(':', ' ');
}

function plain(text = '') {
  return text.replaceAll('<%= config.bin %>', 'sindri').replaceAll('<%= command.id %>', '');
}

function firstLine(text = '') {
  return text.split('\n')[0];
}

function restOf(text = '') {
  return text.split('\n').slice(1).join('\n').trim();
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
