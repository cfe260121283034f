/** What of a command completion needs to know; the framework's commands have it. */
export interface CommandShape {
  id: string;
  summary?: string | undefined;
  hidden?: boolean;
  /** Words after its own options are of another program. */
  strict?: boolean;
  flags: Record<string, OptionShape>;
  args: Record<string, ArgumentShape>;
}

export interface OptionShape {
  type: 'option' | 'boolean';
  char?: string | undefined;
  summary?: string | undefined;
  options?: readonly string[] | undefined;
  helpValue?: string | string[] | undefined;
  hidden?: boolean | undefined;
  multiple?: boolean | undefined;
  allowNo?: boolean | undefined;
}

export interface ArgumentShape {
  options?: readonly string[] | undefined;
}

/** Every command, and what the first words of several are about. */
export interface CommandTable {
  commands: readonly CommandShape[];
  topics: readonly { name: string; description?: string | undefined; hidden?: boolean | undefined }[];
}

/** One candidate, and what it is. */
export interface Candidate {
  value: string;
  description?: string | undefined;
}

/** What can stand at the cursor. */
export interface Expected {
  /** The next words of commands. */
  words: Candidate[];
  /** Options of the command, when an option has been begun. */
  options: Candidate[];
  /** A value: of which command, and of which of its options or arguments. */
  value: {
    command: CommandShape;
    name: string;
    option: OptionShape | null;
    argument: ArgumentShape | null;
    /** What else has been typed after the command. */
    rest: string[];
  } | null;
}

/** Finds out what the word after `before` can be. `current` only tells whether an option has been begun. */
export function expectedAfter(
  { commands, topics }: CommandTable,
  { before, current }: { before: readonly string[]; current: string },
): Expected {
  if (before[0] === 'help') return expectedAfter({ commands, topics }, { before: before.slice(1), current: '' });
  const { command, rest } = commandOf(commands, before);
  const words = rest.length === 0 ? nextWords(commands, topics, before) : [];
  if (command === undefined) return { words, options: [], value: null };
  const nothing: Expected = { words: [], options: [], value: null };
  const byWord = new Map(
    Object.entries(command.flags).flatMap(([name, option]) => [
      [`--${name}`, { name, option }],
      ...(option.char === undefined ? [] : [[`-${option.char}`, { name, option }] as const]),
    ]) as [string, { name: string; option: OptionShape }][],
  );

  let open: { name: string; option: OptionShape } | null = null;
  let position = 0;
  const given = new Set<string>();
  for (const word of rest) {
    if (open !== null) {
      open = null;
      continue;
    }
    // What follows belongs to somebody else.
    if (word === '--') return nothing;
    const known = byWord.get(word.replace(/=.*$/s, ''));
    if (known !== undefined) {
      given.add(known.name);
      if (known.option.type === 'option' && !word.includes('=')) open = known;
    } else if (!word.startsWith('-')) position += 1;
  }
  if (open !== null) return { ...nothing, value: { command, ...open, argument: null, rest } };
  if (current.startsWith('-')) return { ...nothing, options: optionsOf(command, given) };
  const [name, argument] = Object.entries(command.args)[position] ?? [command.strict === false ? '*' : null, null];
  return { words, options: [], value: name === null ? null : { command, name, option: null, argument, rest } };
}

/** The longest command that the words begin with, and the words after it. */
function commandOf(
  commands: readonly CommandShape[],
  before: readonly string[],
): { command: CommandShape | undefined; rest: string[] } {
  for (let length = before.length; length > 0; length -= 1) {
    const command = commands.find(({ id }) => id === before.slice(0, length).join(':'));
    if (command !== undefined) return { command, rest: before.slice(length) };
  }
  return { command: undefined, rest: [] };
}

function nextWords(
  commands: readonly CommandShape[],
  topics: CommandTable['topics'],
  before: readonly string[],
): Candidate[] {
  const start = before.map((word) => `${word}:`).join('');
  const found = new Map<string, string | undefined>();
  for (const { id, summary, hidden } of commands) {
    if (hidden === true || !id.startsWith(start)) continue;
    const [word = '', ...more] = id.slice(start.length).split(':');
    if (more.length === 0 || !found.has(word)) found.set(word, more.length === 0 ? summary : undefined);
  }
  return [...found]
    .filter(([word]) => word !== '')
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([value, summary]) => ({
      value,
      description: topics.find(({ name }) => name === `${start}${value}`)?.description ?? summary,
    }));
}

function optionsOf({ flags }: CommandShape, given: ReadonlySet<string>): Candidate[] {
  return Object.entries(flags)
    .filter(([name, { hidden, multiple }]) => hidden !== true && (multiple === true || !given.has(name)))
    .flatMap(([name, { allowNo, summary }]) => [
      { value: `--${name}`, description: summary },
      ...(allowNo === true ? [{ value: `--no-${name}`, description: summary }] : []),
    ]);
}
