import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createIdentity } from '@sindri/ssh';
import { startSshServer } from '../../../ssh/test/fixtures/ssh-server';
import { SindriError, type Environment, type SessionRequest } from '@sindri/core';
import { commandLine, runRemote, runThroughApi, type AttachSession } from '../../src/operations/remote';
import type { Shell } from '../../src/shell';
import { fakeEnvironment, fakeShell } from '../fakes';

type Streams = { stdin: object; stdout: object; stderr: object };

const terminalStreams = {
  stdin: { isTTY: true },
  stdout: { isTTY: true, columns: 100, rows: 30 },
  stderr: { isTTY: true },
} satisfies Streams as unknown as Shell['streams'];

const request = { command: [] as string[], terminal: false, capture: false };

function opened(): { environment: Environment; requests: SessionRequest[] } {
  const requests: SessionRequest[] = [];
  const environment = fakeEnvironment({
    session: async (wanted) => {
      requests.push(wanted);
      return {} as never;
    },
    exec: async ({ command }) => ({ exitCode: 3, stdout: command.join('|'), stderr: 'err' }),
  });
  return { environment, requests };
}

const exits =
  (status: number, output = ''): AttachSession =>
  async (_session, { stdout }) => {
    if (output !== '') stdout.write(output);
    return status;
  };

describe('commandLine', () => {
  it.each<[string[], string | undefined]>([
    [[], undefined],
    [['echo $HOME | tail'], 'echo $HOME | tail'],
    [['ls', '-la', 'my file'], "ls -la 'my file'"],
    [['echo', "it's", '', '$X'], "echo 'it'\\''s' '' '$X'"],
  ])('%p → %p', (words, line) => expect(commandLine(words)).toBe(line));
});

describe('runRemote', () => {
  it('asks for a terminal of the size of this one for a login shell', async () => {
    const { environment, requests } = opened();
    const shell = fakeShell({ streams: terminalStreams, env: { TERM: 'screen' } });
    expect(await runRemote(environment, shell, request, exits(7))).toEqual({ streamed: true, exitCode: 7 });
    expect(requests).toEqual([{ terminal: { type: 'screen', columns: 100, rows: 30 } }]);
  });

  it('asks for none for a command, in a pipe, or when the output is kept', async () => {
    const { environment, requests } = opened();
    await runRemote(environment, fakeShell({ streams: terminalStreams }), { ...request, command: ['ls'] }, exits(0));
    await runRemote(environment, fakeShell(), request, exits(0));
    const captured = { ...request, command: ['ls'], capture: true, terminal: true };
    await runRemote(environment, fakeShell({ streams: terminalStreams }), captured, exits(0));
    expect(requests).toEqual([{ command: 'ls' }, {}, { command: 'ls' }]);
  });

  it('passes the instance on, also through the API', async () => {
    const { environment, requests } = opened();
    const wanted = { command: ['ls'], instance: 'web-2', terminal: false, capture: false };
    await runRemote(environment, fakeShell(), wanted, exits(0));
    expect(requests).toEqual([{ command: 'ls', instance: 'web-2' }]);
    const asked: unknown[] = [];
    const api = fakeEnvironment({
      exec: async (request) => {
        asked.push(request);
        return { exitCode: 0, stdout: '', stderr: '' };
      },
    });
    await runThroughApi(api, fakeShell(), { ...wanted, capture: true });
    expect(asked).toEqual([{ command: ['sh', '-c', 'ls'], instance: 'web-2' }]);
  });

  it('passes method and terminal on', async () => {
    const { environment, requests } = opened();
    const wanted = { command: ['htop'], method: 'dedicated', terminal: true, capture: false };
    await runRemote(environment, fakeShell({ streams: terminalStreams }), wanted, exits(0));
    expect(requests[0]).toMatchObject({ command: 'htop', method: 'dedicated', terminal: { columns: 100 } });
  });

  it('forwards the agent by the provider where that can, and leaves it to core to refuse where nothing can', async () => {
    const { environment, requests } = opened();
    const wanted = { ...request, command: ['ls'], forwardAgent: '/agent' };
    await runRemote(environment, fakeShell(), wanted, exits(0));
    const provider = { name: 'fake', capabilities: ['sshTarget'], forwardsAgent: true };
    const able = { ...environment, provider } as unknown as Environment;
    await runRemote(able, fakeShell(), wanted, exits(0));
    expect(requests).toEqual([
      { command: 'ls', forwardAgent: '/agent' },
      { command: 'ls', forwardAgent: '/agent' },
    ]);
  });

  it('forwards the agent over SSH where the provider cannot, and only SSH can', async () => {
    const stateDir = mkdtempSync(path.join(tmpdir(), 'sindri-agent-'));
    const identity = await createIdentity({ stateDir, environment: 'demo' });
    const server = await startSshServer({ authorized: [identity.publicKey], lendAgent: true });
    try {
      const environment = fakeEnvironment({
        provider: { name: 'fake', capabilities: ['sshTarget'] } as unknown as Environment['provider'],
        sshTarget: async () => ({
          user: 'developer',
          addresses: [{ host: '127.0.0.1', port: server.port }],
          hostKeys: [server.hostKey],
          identityFile: (identity as { path: string }).path,
          hostKeyAlias: 'demo',
        }),
      });
      const wanted = { ...request, command: ['say hello'], forwardAgent: '/agent' };
      const read: AttachSession = async (session) => (await session.exited).code ?? 255;
      await runRemote(environment, fakeShell(), wanted, read);
      expect(server.seen).toMatchObject({ commands: ['say hello'], agents: 1 });
    } finally {
      await server.close();
      rmSync(stateDir, { recursive: true });
    }
  });

  it('keeps the output for the answer', async () => {
    const { environment } = opened();
    const answer = await runRemote(
      environment,
      fakeShell(),
      { ...request, command: ['x'], capture: true },
      exits(5, 'ä'),
    );
    expect(answer).toMatchObject({ exitCode: 5, document: { exitCode: 5, stdout: 'ä', stderr: '' } });
  });
});

describe('a provider that does not offer what was asked for', () => {
  function refusing(mode: string | undefined, capabilities: string[]): Environment {
    return fakeEnvironment({
      provider: { name: 'fake', capabilities } as unknown as Environment['provider'],
      session: async () =>
        Promise.reject(
          new SindriError({
            code: 'CAPABILITY_UNSUPPORTED',
            kind: 'usage',
            message: 'It opens terminals only.',
            hint: 'for programs',
            details: { capability: 'session', ...(mode === undefined ? {} : { mode }) },
          }),
        ),
    });
  }
  const hintOf = (environment: Environment, command: string[]) =>
    runRemote(environment, fakeShell(), { ...request, command }, exits(0)).then(
      () => 'no refusal',
      ({ hint }: { hint: string }) => hint,
    );

  it('says what to type instead', async () => {
    const shell = 'Open a shell, in a terminal: sindri connect';
    expect(await hintOf(refusing('command', ['session']), ['ls'])).toBe(shell);
    expect(await hintOf(refusing('command', ['session', 'exec']), ['ls'])).toBe(
      `Run it through the platform's API: sindri exec --method api -- <command>\n${shell}`,
    );
    expect(await hintOf(refusing('command', ['session', 'exec']), [])).toBe(shell);
    expect(await hintOf(refusing('terminal', ['session']), [])).toBe(
      'Run a command without a terminal: sindri exec -- <command>',
    );
  });

  it('runs a command through the API where no session can be opened at all', async () => {
    const api = "through the platform's API: sindri exec --method api -- <command>";
    expect(await hintOf(refusing(undefined, ['power', 'exec']), ['ls'])).toBe(`Run it ${api}`);
    expect(await hintOf(refusing(undefined, ['power', 'exec']), [])).toBe(`Run a command ${api}`);
    expect(await hintOf(refusing(undefined, ['power']), ['ls'])).toBe('for programs');
  });
});

describe('runThroughApi', () => {
  it('gives one word to a shell and runs several as they are', async () => {
    const { environment } = opened();
    const one = await runThroughApi(environment, fakeShell(), { ...request, command: ['a | b'], capture: true });
    expect(one).toMatchObject({ exitCode: 3, document: { stdout: 'sh|-c|a | b' } });
    const two = await runThroughApi(environment, fakeShell(), { ...request, command: ['a', 'b c'], capture: true });
    expect(two).toMatchObject({ document: { stdout: 'a|b c' } });
  });
});
