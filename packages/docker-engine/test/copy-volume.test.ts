import type { ServerResponse } from 'node:http';
import { copyVolume, createEngineOpener, listVolumes, removeVolume } from '../src/index.js';
import { startFakeEngine, type FakeEngine } from './fake-engine.js';

describe('a copy of a volume', () => {
  let fake: FakeEngine;
  afterEach(() => fake.stop());

  const refuse = (response: ServerResponse, status: number, message: string): void =>
    void response.writeHead(status).end(JSON.stringify({ message }));

  it('of which nothing can be begun leaves nothing: neither the container that was to copy nor the new volume', async () => {
    const there = new Set<string>();
    fake = await startFakeEngine(({ method, url }, response) => {
      if (url.startsWith('/containers/create')) {
        there.add('container').add('volume');
        return void response.writeHead(201).end('{"Id":"c1"}');
      }
      if (url.endsWith('/start'))
        return refuse(response, 400, 'OCI runtime create failed: exec: "cp": executable file not found in $PATH');
      if (method === 'DELETE') there.delete(url.startsWith('/volumes') ? 'volume' : 'container');
      if (url.endsWith('/json') && !there.has('container')) return refuse(response, 404, 'No such container: x');
      response.end(JSON.stringify(created));
    });
    const engine = await createEngineOpener()(fake.context);
    const copy = { from: 'home', to: 'shot', labels: {}, image: 'bare:1', copierLabels: {} };
    await expect(copyVolume(engine, copy, fake.context)).rejects.toMatchObject({
      code: 'DOCKER_COPY_FAILED',
      kind: 'incomplete',
      message: expect.stringContaining('executable file not found') as string,
      hint: expect.stringContaining('cp') as string,
    });
    expect([...there]).toEqual([]);
  });

  it('is looked for once the volumes are known: one that begins in between is not taken for whole', async () => {
    let answerVolumes = (): void => undefined;
    fake = await startFakeEngine(({ url }, response) => {
      if (!url.startsWith('/volumes')) return void response.end('[]');
      answerVolumes = () => void response.end('{"Volumes":[]}');
    });
    const engine = await createEngineOpener()(fake.context);
    const list = listVolumes(engine, 'shot');
    // Comes after whatever was asked for together.
    await engine.call('GET', '/info');
    expect(fake.requests.filter((request) => request.includes('/containers/'))).toEqual([]);
    answerVolumes();
    expect(await list).toEqual([]);
    expect(fake.requests.filter((request) => request.includes('/containers/'))).toHaveLength(1);
  });

  it('whose client was cut off after its end is in no way: its container goes with the volume that was copied', async () => {
    let isThere = true;
    const copier = {
      ...{ Id: 'c9', Names: ['/shot-copy'], State: 'exited', Status: 'Exited (0) 1 second ago' },
      Mounts: [{ Name: 'home' }, { Name: 'shot' }],
    };
    fake = await startFakeEngine(({ method, url }, response) => {
      if (method === 'DELETE' && url.startsWith('/containers/c9')) isThere = false;
      if (method === 'DELETE' && url.startsWith('/volumes') && isThere)
        return refuse(response, 409, 'remove home: volume is in use - [c9]');
      if (url.startsWith('/containers/json')) return void response.end(JSON.stringify(isThere ? [copier] : []));
      if (url.endsWith('/json') && !(isThere && url.includes('c9')))
        return refuse(response, 404, 'No such container: x');
      response.end(JSON.stringify(created));
    });
    const engine = await createEngineOpener()(fake.context);
    await removeVolume(engine, 'home', fake.context);
    expect(isThere).toBe(false);
  });

  it('a volume that others use is not deleted, and who they are is told', async () => {
    fake = await startFakeEngine(({ method, url }, response) => {
      if (method === 'DELETE') return refuse(response, 409, 'remove home: volume is in use - [c9]');
      if (url.startsWith('/containers/json'))
        return void response.end(JSON.stringify([{ Id: 'c9', Names: ['/theirs'] }]));
      refuse(response, 404, 'No such container: x');
    });
    const engine = await createEngineOpener()(fake.context);
    await expect(removeVolume(engine, 'home', fake.context)).rejects.toMatchObject({
      code: 'DOCKER_REFUSED',
      kind: 'refused',
      message: 'Volume home is in use: container theirs has it.',
      hint: 'Remove that container (`docker rm -f theirs`) when nobody needs it, and run the same command again.',
    });
  });
});

const created = {
  Id: 'c1',
  Image: 'sha256:1',
  Created: '2026-01-01T00:00:00Z',
  State: { Status: 'created', ExitCode: 127, Error: '', OOMKilled: false, StartedAt: '0001-01-01T00:00:00Z' },
  Config: { Labels: {} },
  HostConfig: {},
  NetworkSettings: {},
};
