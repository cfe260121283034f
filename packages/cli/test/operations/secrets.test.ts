import { PassThrough } from 'node:stream';
import { SindriError, type ListedSecret } from '@sindri/core';
import { formatSecrets } from '../../src/format/secrets';
import { offerOwnKey, withVariable } from '../../src/operations/offer-own-key';
import { readAssignments, readDotenvInput } from '../../src/operations/secret-values';
import {
  deploySecrets,
  importSecrets,
  listSecrets,
  protectEnvironment,
  setSecrets,
  unsetSecrets,
} from '../../src/operations/secrets';
import type { Shell } from '../../src/shell';
import { change, fakeEnvironment, fakeShell, plain, plan, report, summary } from '../fakes';

const PEM = '-----BEGIN KEY-----\nab#c="d"\n-----END KEY-----\n';

function typed(text: string | Buffer, rest: Partial<Shell> = {}): Shell {
  const stdin = new PassThrough();
  stdin.end(text);
  const shell = fakeShell(rest);
  return Object.create(shell, { streams: { value: { ...shell.streams, stdin } } }) as Shell;
}

function world() {
  const planned: unknown[] = [];
  const environment = fakeEnvironment({
    plan: async (options) => {
      planned.push(options);
      return plan([change('secrets:set', { action: 'update', title: 'set secrets' })], { intent: 'secrets.set' });
    },
    apply: async (_plan, options) => {
      planned.push({ apply: options?.secretValues });
      return report({ intent: 'secrets.set' });
    },
    status: async () => summary(),
    secrets: async () => [],
  });
  return { environment, planned };
}

describe('the values of secrets', () => {
  const read = (words: string[], shell: Shell = fakeShell(), allowEmpty = false) =>
    readAssignments(shell, words, { allowEmpty });

  it('are taken as they are: from the words, from standard input, from a question', async () => {
    const hidden = async (): Promise<string> => 'typed';
    const prompts = { confirm: async () => true, typed: async () => true, text: async () => null, hidden };
    const shell = typed(PEM, { prompts });
    expect(await read(['A=x=y # z', 'B=-', 'C'], shell)).toEqual({ A: 'x=y # z', B: PEM.slice(0, -1), C: 'typed' });
    expect(shell.redactor.text(`${PEM} typed`)).not.toMatch(/ab#c|typed/);
    expect(await read(['A='], fakeShell(), true)).toEqual({ A: '' });
  });

  it('that are wrong are told all at once, without what may be a value', async () => {
    const failure = await read(['hush-hush secret', '1A=hidden', 'A=', 'B=1', 'B=2', 'C']).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'USAGE', kind: 'usage' });
    const { message } = failure as Error;
    expect(message).toBe(
      'Argument 1 is no NAME=value: a name has letters, digits and _, and no digit in front. ' +
        'Argument 2 is no NAME=value: a name has letters, digits and _, and no digit in front. ' +
        'B is given twice. There is no value for C, and nobody can be asked. A has an empty value.',
    );
    await expect(read(['A=', 'B=', 'C=1'])).rejects.toMatchObject({
      message: 'A has an empty value. B has an empty value.',
      hint: 'To remove them: sindri secrets unset A B. An empty value on purpose: --allow-empty',
    });
    await expect(read([])).rejects.toMatchObject({ message: 'Which secret?' });
    await expect(read(['A=-', 'B=-'])).rejects.toMatchObject({
      message: 'Only one value can come from standard input.',
    });
    await expect(read(['A=-'], typed(Buffer.from([0xff, 0xfe])))).rejects.toMatchObject({ code: 'USAGE' });
    await expect(read(['A=-'], typed('\n'))).rejects.toMatchObject({ message: 'A has an empty value.' });
  });

  it('of a dotenv text: every line that cannot be read is named, and none of it is said', async () => {
    expect(await readDotenvInput(typed(`export A='x # y'\n# comment\nB="1\n2"\nC=\n`))).toEqual({
      A: 'x # y',
      B: '1\n2',
    });
    const failure = await readDotenvInput(typed('A=1\nhunter2\nB="open\nno-name! = 3\n')).catch(
      (error: unknown) => error,
    );
    const { message } = failure as Error;
    expect(message).toMatch(/^Line 2 .* Line 3 has a quote that is never closed\. Line 4 /);
    expect(message).not.toMatch(/hunter2|no-name/);
    await expect(readDotenvInput(typed('# nothing\n'))).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('sindri secrets', () => {
  it('gives values to plan and apply, and to nothing that is shown', async () => {
    const { environment, planned } = world();
    const result = await setSecrets(environment, fakeShell(), {
      words: ['B=2', 'A=1'],
      allowEmpty: false,
      yes: true,
      stage: true,
    });
    expect(planned).toEqual([
      { intent: 'secrets.set', set: ['A', 'B'], unset: [], stage: true, secretValues: { A: '1', B: '2' } },
      { apply: { A: '1', B: '2' } },
    ]);
    expect(result).toMatchObject({ schema: 'sindri.change/1', status: 'applied' });
    await importSecrets(environment, typed('C=3\n'), { yes: true, dryRun: true });
    await unsetSecrets(environment, fakeShell(), { names: ['Z', 'A', 'Z'], dryRun: true });
    await deploySecrets(environment, fakeShell(), { dryRun: true });
    await protectEnvironment(environment, fakeShell(), { days: 7, dryRun: true });
    expect(planned.slice(2)).toEqual([
      { intent: 'secrets.set', set: ['C'], unset: [], secretValues: { C: '3' } },
      { intent: 'secrets.set', set: [], unset: ['A', 'Z'], secretValues: {} },
      { intent: 'secrets.deploy' },
      { intent: 'secrets.protect', days: 7 },
    ]);
    await expect(unsetSecrets(environment, fakeShell(), { names: [] })).rejects.toMatchObject({
      message: 'Which secret?',
    });
  });

  it('list says what is in use, what waits, and what differs, with the command for each', async () => {
    const row = (name: string, rest: Partial<ListedSecret>): ListedSecret => ({
      name,
      digest: 'abcd0123abcd0123',
      updatedAt: '2026-11-01T10:00:00Z',
      state: 'live',
      fromConfig: false,
      origin: null,
      local: null,
      ...rest,
    });
    const secrets = [
      row('A', { fromConfig: true, origin: '.env', local: 'same' }),
      row('B', { state: 'staged', fromConfig: true, origin: 'environment', local: 'differs' }),
      row('C', { state: 'absent', digest: null, updatedAt: null, fromConfig: true }),
      row('FLY_API_TOKEN', { expiresAt: '2027-01-31T00:00:00Z' }),
    ];
    const result = { ...(await listSecrets(world().environment)), secrets };
    const text = formatSecrets(result, plain, Date.parse('2026-11-01T10:05:00Z'));
    expect(text.split('\n').map((line) => line.trimEnd().replace(/ {2,}/g, ' | '))).toEqual([
      'NAME | STATE | HERE | SET | ENDS | DIGEST',
      'A | live | as in .env | 2026-11-01 10:00:00 UTC, 5 min ago | abcd0123abcd0123',
      expect.stringMatching(/^B \| staged, not live \| differs from environment/),
      'C | not set | no value',
      expect.stringMatching(/^FLY_API_TOKEN \| live .*\| 2027-01-31 /),
      'What is staged or removed takes effect with sindri secrets deploy or the next update, not with a restart.',
      'sindri deploy sets what differs from here.',
    ]);
    expect(formatSecrets({ ...result, secrets: [] }, plain, 0)).toContain('sindri secrets set NAME=-');
  });
});

describe('a deploy without AUTHORIZED_KEYS', () => {
  const missing = (...names: string[]) =>
    new SindriError({
      code: 'SECRET_MISSING',
      kind: 'usage',
      message: 'missing',
      details: { secrets: names.map((name) => ({ name })) },
    });
  const environment = fakeEnvironment({});

  it('offers nothing where nobody can be asked, and where something else is missing, too', async () => {
    expect(await offerOwnKey(environment, fakeShell(), missing('AUTHORIZED_KEYS'))).toBeNull();
    const prompts = {
      confirm: async () => true,
      typed: async () => true,
      text: async () => null,
      hidden: async () => null,
    };
    const shell = fakeShell({ prompts });
    expect(await offerOwnKey(environment, shell, missing('AUTHORIZED_KEYS', 'OTHER'))).toBeNull();
    expect(await offerOwnKey(environment, shell, new Error('else'))).toBeNull();
  });

  it('goes on with one more variable, and everything else of the shell', () => {
    const shell = withVariable(fakeShell({ cwd: '/somewhere' }), 'AUTHORIZED_KEYS', 'ssh-ed25519 AAAA');
    expect([shell.env['AUTHORIZED_KEYS'], shell.cwd]).toEqual(['ssh-ed25519 AAAA', '/somewhere']);
  });
});
