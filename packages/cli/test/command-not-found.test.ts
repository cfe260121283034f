import type { SindriError } from '@sindri/core';
import hook from '../src/hooks/command-not-found.js';
import snapshot from './command-snapshot.json';

const ids = snapshot.map(({ command }) => command.replaceAll(' ', ':'));
const others = ['help', 'plugins', 'plugins:install'];

/** What is said about a word that is no command. */
async function said(words: string, more: string[] = [], missing: string[] = []): Promise<SindriError> {
  const known = [...ids, ...others, ...more].filter((id) => !missing.includes(id));
  const config = {
    bin: 'sindri',
    commands: known.map((id) => ({ id, hidden: false })),
    topics: [...new Set(known.filter((id) => id.includes(':')).map((id) => ({ name: id.split(':')[0] })))],
    findCommand: (id: string) => (known.includes(id) ? { id } : undefined),
  };
  const options = { id: words.replaceAll(' ', ':'), config } as never;
  return (hook as unknown as (options: never) => Promise<never>)(options).then(
    () => Promise.reject(new Error('nothing was said')),
    (error: SindriError) => error,
  );
}

describe('a word that is no command', () => {
  it.each([
    ['up', 'deploy'],
    ['down', 'stop'],
    ['ssh', 'connect'],
    ['ls', 'list'],
    ['ps', 'status'],
    ['init', 'config init'],
    ['scale', 'scale memory'],
    ['rm', 'destroy'],
    ['run', 'exec'],
    ['shell', 'connect'],
    ['console', 'connect'],
    ['proxy', 'tunnel'],
    ['volumes list', 'volume list'],
    // Typing errors.
    ['versoin', 'version'],
    ['stauts', 'status'],
    ['config vaildate', 'config validate'],
  ])('%s: %s is meant', async (word, meant) => {
    const { code, kind, hint = '', details } = await said(word);
    expect({ code, kind, details }).toEqual({ code: 'USAGE', kind: 'usage', details: { suggestion: meant } });
    expect(hint).toContain(`sindri ${meant}`);
  });

  it('names only what is installed', async () => {
    expect((await said('login', [], ['auth:login'])).hint).not.toContain('auth login');
    expect((await said('login', ['auth:login'])).hint).toMatch(/^Did you mean: sindri auth login \(/);
    expect((await said('volumes')).hint).toMatch(/sindri volume list, or sindri volume snapshots/);
  });

  it('names where all of them are when none is near', async () => {
    expect((await said('quxquux')).hint).toBe('All commands: sindri help');
  });

  it('a word too much is told by the command that has none', async () => {
    const { message, hint } = await said('stop now');
    expect([message, hint]).toEqual(['sindri stop takes no "now".', 'See: sindri stop --help']);
  });
});
