import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Environment, Session } from '@sindri/core';
import { createWorkplace, type Workplace } from '../support/workplace';

describe('the private network', () => {
  let workplace: Workplace;
  let environment: Environment;

  beforeAll(async () => {
    workplace = await createWorkplace();
    await workplace.deploy();
    environment = await workplace.open();
  });

  afterAll(() => workplace.remove());

  const run = async (method: string, command: string): Promise<{ code: number | null; stdout: string }> =>
    finish(await environment.session({ command, method }));

  it('carries SSH to the server of the image, which is checked as ever', async () => {
    expect(await run('proxy', 'echo through; exit 7')).toEqual({ code: 7, stdout: expect.stringContaining('through') });
  });

  it("logs in at Fly's own SSH server with a certificate, without any key of this computer, and tells the exit code", async () => {
    expect(await run('hallpass', 'echo certified && exit 3')).toEqual({ code: 3, stdout: 'certified\n' });
  });

  it('makes one peer, whose key only this user can read, and uses it again', async () => {
    const folder = path.join(workplace.home, 'state/fly/wireguard');
    const [network] = readdirSync(folder);
    const files = readdirSync(path.join(folder, network as string));
    expect(files).toEqual(['1.json', '1.json.held']);
    const file = path.join(folder, network as string, '1.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { privateKey } = JSON.parse(readFileSync(file, 'utf8')) as { privateKey: string };
    expect(JSON.stringify(workplace.emulator.requests.list())).not.toContain(privateKey);
    expect(await run('hallpass', 'true')).toEqual({ code: 0, stdout: '' });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ privateKey });
  });

  it('gives each of several commands at a time a peer of its own', async () => {
    const other = await workplace.open();
    const ends = await Promise.all([
      environment.session({ command: 'echo one', method: 'hallpass' }).then(finish),
      other.session({ command: 'echo two', method: 'hallpass' }).then(finish),
    ]);
    expect(ends.map(({ stdout }) => stdout)).toEqual(['one\n', 'two\n']);
  });

  it('reaches a port without a login, and says when nothing listens there', async () => {
    const stream = await environment.dial({ port: 2222, method: 'proxy' });
    const banner = await new Promise<string>((resolve) =>
      stream.once('data', (data: Buffer) => resolve(data.toString())),
    );
    expect(banner).toMatch(/^SSH-2\.0-/);
    stream.destroy();
    await expect(environment.dial({ port: 9, method: 'proxy' })).rejects.toMatchObject({ code: 'PORT_NOT_LISTENING' });
  });
});

async function finish(session: Session): Promise<{ code: number | null; stdout: string }> {
  let stdout = '';
  session.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  session.stdin.end();
  const { code } = await session.exited;
  return { code, stdout };
}
