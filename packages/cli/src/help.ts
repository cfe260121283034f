import type { Command } from '@oclif/core/command';
import { Help } from '@oclif/core/help';
import type { Config, HelpOptions } from '@oclif/core/interfaces';
import { commandGroups } from './command-words.js';
import { NO_BREAK } from './commands-in-text.js';
import { documentText, guessOutputMode, guessPlace, type OutputMode } from './output-mode.js';
import { columnsOf, foldText } from './terminal/fold.js';
import { connectingCommand, withMethods } from './method-values.js';

/** Root help that says what to type first; everything below the root is the framework's. */
export default class SindriHelp extends Help {
  private argv: readonly string[] = [];
  /** With `--json`, what is told in the end. */
  private readonly said: string[] = [];

  constructor(config: Config, options: Partial<HelpOptions> = {}) {
    // Lines are broken when they are written, at blanks only, and not in a pipe.
    super(config, { ...options, maxWidth: Number.POSITIVE_INFINITY });
  }

  protected override log(...texts: string[]): void {
    // The framework leaves an end open where an option excludes one that stands in another group already.
    const text = texts.join(' ').replaceAll(' | ]', ']');
    if (this.mode !== 'text') this.said.push(...text.split('\n'));
    else super.log(foldText(withWholeExamples(text, this.config.bin), columnsOf(process.stdout)));
  }

  private get mode(): OutputMode {
    return guessOutputMode(process.argv.slice(2), process.env);
  }

  override async showHelp(argv: string[]): Promise<void> {
    this.argv = argv;
    try {
      await super.showHelp(argv);
      const { mode } = this;
      const document = { schema: 'sindri.command/1', command: 'help', output: this.said };
      if (mode !== 'text') super.log(documentText(document, mode).trimEnd());
    } catch (error) {
      const id = /^Command (\S+) not found/.exec((error as Error).message)?.[1];
      if (id === undefined) throw error;
      // Help on something that is no command deserves the same answer as running it.
      const { failures } = await this.config.runHook('command_not_found', { id, argv: [] });
      throw failures[0]?.error ?? error;
    }
  }

  /** What `--method` takes is the provider's: it is looked up, and listed below the options. */
  override async showCommandHelp(command: Command.Loadable): Promise<void> {
    const connecting = connectingCommand(command.id);
    if (connecting === null) return super.showCommandHelp(command);
    const { names, described } = await withMethods(this.config, connecting, guessPlace(this.argv, {}).config);
    const usage = (command.usage === undefined ? [] : [command.usage].flat()).map((line) =>
      line.replace('--method METHOD', `--method ${names.join('|')}`),
    );
    // What the product's manifest says of a command are inherited members, which a spread would lose.
    await super.showCommandHelp(Object.create(command, { usage: { value: usage } }) as Command.Loadable);
    const list = this.renderList(described, { indentation: 2, spacer: '\n' });
    this.log(`${this.section('CONNECTION METHODS', list)}\n`);
  }

  protected override async showRootHelp(): Promise<void> {
    const topics = this.sortedTopics.filter(({ name }) => !name.includes(':'));
    const lines = new Map<string, string>([
      ...topics.map(({ name, description }): [string, string] => [name, firstLine(description)]),
      ...this.sortedCommands
        .filter(({ id }) => !id.includes(':'))
        .map((command): [string, string] => [command.id, firstLine(this.summary(command))]),
      // A topic that is a command, too, is better described by its topic.
      ...topics
        .filter(({ description }) => description)
        .map(({ name, description }): [string, string] => [name, firstLine(description)]),
    ]);
    const known = new Set(commandGroups.flatMap(([, names]) => names));
    const rest = [...lines.keys()].filter((name) => !known.has(name)).sort();
    const bin = this.config.bin;
    this.log(
      [
        `Sindri ${this.config.version}: cloud development environments from one sindri.yaml.`,
        this.section('USAGE', `$ ${bin} COMMAND [OPTIONS]`),
        this.section(
          'FIRST STEPS',
          this.renderList(
            [
              [`${bin} config init`, 'write a sindri.yaml'],
              [`${bin} deploy --local`, 'run it on this computer: no account, no cost'],
              [`${bin} connect --local`, 'a shell on it'],
            ],
            { indentation: 2, spacer: '\n' },
          ),
        ),
        ...[...commandGroups, ['MORE', rest] as const].map(([title, names]) =>
          this.section(
            title,
            this.renderList(
              names.flatMap((name): [string, string][] => (lines.has(name) ? [[name, lines.get(name) as string]] : [])),
              { indentation: 2, spacer: '\n' },
            ),
          ),
        ),
        this.section(
          'EVERYWHERE',
          this.renderList(
            [
              ['-c, --config FILE', 'the sindri.yaml to use'],
              ['--local', 'a local emulator instead of the cloud'],
              ['--json', 'one JSON document, also on failure'],
              ['--help', `everything about a command: ${bin} deploy --help`],
            ],
            { indentation: 2, spacer: '\n' },
          ),
        ),
      ].join('\n\n'),
    );
  }
}

/** Examples are there to be pasted: they stay on one line. */
function withWholeExamples(text: string, bin: string): string {
  let examples = false;
  return text
    .split('\n')
    .map((line) => {
      if (/^\S/.test(line)) examples = /EXAMPLES|FIRST STEPS/.test(line);
      const command = examples ? /^(\s+)((?:\$ )?\S+(?: \S+)*)/.exec(line) : null;
      if (
        command?.[2] === undefined ||
        !command[2]
          .replace('$ ', '')
          .replace(/\u001b\[[\d;]*m/g, '')
          .startsWith(`${bin} `)
      )
        return line;
      const [whole, indent = '', words] = command;
      return `${indent}${words.replaceAll(' ', NO_BREAK)}${line.slice(whole.length)}`;
    })
    .join('\n');
}

function firstLine(text: string | undefined): string {
  return (text ?? '').split('\n')[0] ?? '';
}
