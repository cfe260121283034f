import { core } from '../lazy.js';
import { coreError } from '../error.js';
import type { Shell } from '../shell.js';
import { readStdin } from './read-stdin.js';

/** By name. Every one is hidden from what is printed. */
export type GivenValues = Readonly<Record<string, string>>;

/** Far more than a platform takes for all secrets together. */
const LONGEST_INPUT = 1024 * 1024;
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;

/**
 * `NAME=value`, `NAME=-` for standard input, and `NAME` alone to be asked for the value on a terminal, where it is not shown. One line break
 * at the end of standard input is not part of the value. Rejects with `USAGE` for everything that is wrong at once; no message has a value.
 */
export async function readAssignments(
  shell: Shell,
  words: readonly string[],
  { allowEmpty }: { allowEmpty: boolean },
): Promise<GivenValues> {
  const problems: string[] = [];
  const empty: string[] = [];
  const parts = words.map((word, index) => {
    const at = word.indexOf('=');
    const name = at < 0 ? word : word.slice(0, at);
    const value = at < 0 ? null : word.slice(at + 1);
    if (value !== null) shell.redactor.add(value);
    // What is no name may be a value that has lost its name: it is not repeated.
    if (!NAME.test(name))
      problems.push(`Argument ${index + 1} is no NAME=value: a name has letters, digits and _, and no digit in front.`);
    else if (value === '' && !allowEmpty) empty.push(name);
    return { name, value };
  });
  const names = parts.map(({ name }) => name);
  for (const name of new Set(names.filter((one, index) => NAME.test(one) && names.indexOf(one) !== index))) {
    problems.push(`${name} is given twice.`);
  }
  if (parts.filter(({ value }) => value === '-').length > 1)
    problems.push('Only one value can come from standard input.');
  const asked = parts.filter(({ name, value }) => value === null && NAME.test(name));
  if (asked.length > 0 && shell.prompts === null) {
    problems.push(`There is no value for ${asked.map(({ name }) => name).join(', ')}, and nobody can be asked.`);
  }
  if (words.length === 0) problems.push('Which secret?');
  if (problems.length === 0 && empty.length > 0) throw emptyValues(empty);
  problems.push(...empty.map(isEmpty));
  if (problems.length > 0) throw usage(problems, 'Give NAME=value, or NAME=- and the value on standard input.');
  const values: Record<string, string> = {};
  for (const { name, value } of parts) {
    if (value === null) values[name] = await ask(shell, name, allowEmpty);
    else values[name] = value === '-' ? await readValue(shell, name, allowEmpty) : value;
  }
  return values;
}

/**
 * A dotenv text on standard input. Rejects with `USAGE` that names every line that cannot be read, without what is in it. An empty value
 * counts as none, and is told.
 */
export async function readDotenvInput(shell: Shell): Promise<GivenValues> {
  const text = await readInput(shell, 'A dotenv text');
  const { values, faults } = core().parseDotenv(text);
  for (const value of values.values()) shell.redactor.add(value);
  const problems = faults.map(({ line, message }) => `Line ${line} ${message}.`);
  const bad = [...values.keys()].filter((name) => !NAME.test(name));
  for (const name of bad)
    problems.push(`${name} is no name for a secret: letters, digits and _ only, and no digit in front.`);
  if (problems.length > 0) throw usage(problems, 'Mend these lines; nothing was set.');
  const empty = [...values].flatMap(([name, value]) => (value === '' ? [name] : []));
  if (empty.length > 0) shell.say(() => `Empty, and left out: ${empty.join(', ')}`);
  const found = Object.fromEntries([...values].filter(([, value]) => value !== ''));
  if (Object.keys(found).length === 0) throw usage(['There is no secret in what came.'], 'Send lines with NAME=value.');
  return found;
}

async function readValue(shell: Shell, name: string, allowEmpty: boolean): Promise<string> {
  const value = (await readInput(shell, `The value of ${name}`)).replace(/\r?\n$/, '');
  shell.redactor.add(value);
  if (value === '' && !allowEmpty) throw emptyValues([name]);
  return value;
}

async function ask(shell: Shell, name: string, allowEmpty: boolean): Promise<string> {
  const value = await shell.prompts?.hidden(`Value of ${name} (not shown):`, shell.signal);
  if (value === null || value === undefined) throw usage([`There is no value for ${name}.`], 'Nothing was set.');
  shell.redactor.add(value);
  if (value === '' && !allowEmpty) throw emptyValues([name]);
  return value;
}

function emptyValues(names: readonly string[]): Error {
  return usage(
    names.map(isEmpty),
    `To remove ${names.length === 1 ? 'it' : 'them'}: sindri secrets unset ${names.join(' ')}. An empty value on purpose: --allow-empty`,
  );
}

function isEmpty(name: string): string {
  return `${name} has an empty value.`;
}

/** Standard input to its end. */
async function readInput(shell: Shell, what: string): Promise<string> {
  if (shell.streams.stdin.isTTY === true) {
    throw usage([`${what} is read from standard input, which is this terminal.`], 'Send it in: … < FILE');
  }
  const tooLong = () => usage(['What came on standard input is longer than 1 MB.'], 'Nothing was set.');
  return decode(await readStdin(shell, LONGEST_INPUT, tooLong));
}

/** Half a character would arrive as another value than was meant. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw usage(['What came on standard input is no text (UTF-8).'], 'Encode it, for example with base64.');
  }
}

function usage(problems: readonly string[], hint: string): Error {
  return coreError({
    code: 'USAGE',
    kind: 'usage',
    message: problems.join(' '),
    hint,
    details: { problems: [...problems] },
  });
}
