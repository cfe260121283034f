import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EnvironmentSummary } from '@sindri/core';
import { answerCompletion, type FindValues } from '../src/completion/answer';
import { expectedAfter, type CommandShape, type CommandTable } from '../src/completion/expected';
import { noteSeen, readSeen } from '../src/completion/seen-names';
import { readWords } from '../src/completion/words';
import { summary } from './fakes';

const command = (id: string, rest: Partial<CommandShape> = {}): CommandShape => ({
  id,
  summary: `Does ${id}. And more.`,
  flags: {
    json: { type: 'boolean', summary: 'As JSON.' },
    method: { type: 'option', char: 'm', options: ['direct', 'dedicated'] },
    secret: { type: 'boolean', hidden: true },
    quiet: { type: 'boolean', allowNo: true },
  },
  args: {},
  ...rest,
});

const table: CommandTable = {
  commands: [
    command('exec', { strict: false }),
    command('volume:extend', { args: { size: {} } }),
    command('volume:delete'),
    command('plugins'),
    command('plugins:install'),
    command('complete', { hidden: true }),
  ],
  topics: [{ name: 'volume', description: 'Volumes.' }],
};

const none: FindValues = async () => [];
const ask = async (words: string[], values: FindValues = none) =>
  (await answerCompletion('zsh', words, table, values)).trimEnd().split('\n');

describe('what was typed', () => {
  it.each([
    ['bash', ['exec', '--method', '=', 'dir'], ['exec', '--method'], 'dir', ''],
    ['bash', ['exec', '--method', '='], ['exec', '--method'], '', ''],
    ['bash', ['exec', '--method=dir'], ['exec', '--method'], 'dir', '--method='],
    ['bash', ['exec', '-c', `my\\ "o'wn"' dir'`, '"op en'], ['exec', '-c', "my o'wn dir"], 'op en', ''],
    ['fish', ['exec', '-c', 'my own', "it\\'s"], ['exec', '-c', 'my own'], "it's", ''],
    ['zsh', ['exec', "it's", '--method=d'], ['exec', "it's", '--method'], 'd', '--method='],
    ['zsh', [], [], '', ''],
  ] as const)('%s: %j', (shell, words, before, current, prefix) => {
    expect(readWords(shell, words)).toEqual({ before, current, prefix });
  });
});

describe('what can follow', () => {
  it('the words of commands, with what they are about, and no hidden ones', async () => {
    expect(await ask([''])).toEqual(['words', 'exec\tDoes exec', 'plugins\tDoes plugins', 'volume\tVolumes']);
    expect(await ask(['vol'])).toEqual(['words', 'volume\tVolumes']);
    expect(await ask(['volume', ''])).toEqual(['words', 'delete\tDoes volume:delete', 'extend\tDoes volume:extend']);
    expect(await ask(['help', 'volume', 'e'])).toEqual(['words', 'extend\tDoes volume:extend']);
    expect(await ask(['plugins', ''])).toEqual(['words', 'install\tDoes plugins:install']);
  });

  it('options that were not given yet, and values of those that take one', async () => {
    expect(await ask(['exec', '--json', '-'])).toEqual(['words', '--method', '--quiet', '--no-quiet']);
    const { value } = expectedAfter(table, { before: ['exec', '-m'], current: '' });
    expect(value).toMatchObject({ name: 'method', command: { id: 'exec' } });
    expect(expectedAfter(table, { before: ['exec', '--method=direct'], current: '' }).value?.name).toBe('*');
    expect(expectedAfter(table, { before: ['volume', 'extend'], current: '' }).value?.name).toBe('size');
    expect(expectedAfter(table, { before: ['volume', 'extend', '50GB'], current: '' }).value).toBeNull();
  });

  it('nothing after --: that is the line of another program', async () => {
    expect(await ask(['exec', '--', 'ls', '-'])).toEqual(['words']);
  });

  it('files, where the value is the name of one', async () => {
    expect(await ask(['exec', '-m', ''], async () => 'files')).toEqual(['files']);
  });
});

test('a value that a line cannot hold, or that would be an option, is left out; blanks and quotes stay', async () => {
  const hostile = ['--yes', '-x', '', 'two\nlines', 'tab\tbed', '\u001b[31mred', 'x'.repeat(201), '\u202ereversed'];
  const odd = ["it's mine", 'a "b" $(touch x) `y`'];
  const values: FindValues = async () =>
    [...hostile, ...odd].map((value) => ({ value, description: 'up\nand\u0007down' }));
  expect(await ask(['exec', '-m', ''], values)).toEqual(['words', ...odd.map((value) => `${value}\tup anddown`)]);
});

describe('what a command has seen last', () => {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'sindri-seen-'));
  afterAll(() => rmSync(stateDir, { recursive: true }));
  const environment = { name: 'demo', provider: 'fly' };

  it('is kept until something else is seen, and may be broken or out of reach', async () => {
    const seen: EnvironmentSummary = summary({
      kept: ['volume home_data, 30 GB', 'a dog'],
      instances: [{ name: 'web-2', state: 'running' }] as EnvironmentSummary['instances'],
    });
    await noteSeen(stateDir, environment, { summary: seen });
    const snapshots = [
      { id: 'vs_1', volume: 'data', createdAt: null, sizeGb: 1, state: 'ready', expiresAt: null } as const,
    ];
    await noteSeen(stateDir, environment, { snapshots });
    expect(await readSeen(stateDir, environment)).toEqual({
      instances: [{ value: 'web-2', description: 'running' }],
      kept: [{ value: 'home_data', description: '30 GB' }],
      volumes: [{ value: 'data' }],
      snapshots: [{ value: 'vs_1', description: 'data' }],
    });
    const nothing = { instances: [], kept: [], volumes: [], snapshots: [] };
    expect(await readSeen(stateDir, { ...environment, name: 'other' })).toEqual(nothing);
    expect(await readSeen(stateDir, { ...environment, name: '../demo' })).toEqual(nothing);
    await expect(noteSeen('/proc/nope', environment, { summary: seen })).resolves.toBeUndefined();
  });
});
