import type { IncomingMessage, ServerResponse } from 'node:http';
import { createEngineOpener, type Engine } from '../src/client.js';
import { startFakeEngine, type FakeEngine } from './fake-engine.js';

let fake: FakeEngine | undefined;
afterEach(() => fake?.stop());

async function engineThat(
  answer: (request: IncomingMessage & { url: string }, response: ServerResponse) => void,
  version?: object,
): Promise<Engine> {
  fake = await startFakeEngine(answer, version);
  return createEngineOpener()(fake.context);
}

function answering(status: number, body: string): (request: unknown, response: ServerResponse) => void {
  return (_request, response) => void response.writeHead(status).end(body);
}

describe('the engine', () => {
  it('is asked in the newest version that both know', async () => {
    const engine = await engineThat(answering(200, '{}'), { ApiVersion: '1.99', MinAPIVersion: '1.44' });
    await engine.call('GET', '/info');
    expect(fake?.requests).toEqual(['GET /version', 'GET /v1.47/info']);
  });

  it.each([
    { ApiVersion: '1.99', MinAPIVersion: '1.48' },
    { ApiVersion: '1.24', MinAPIVersion: '1.12' },
    { Hello: 'world' },
  ])('is refused when no version is common: %j', async (version) => {
    await expect(engineThat(answering(200, '{}'), version)).rejects.toMatchObject({
      code: 'DOCKER_API_VERSION',
      kind: 'refused',
    });
  });

  it.each([
    ['No such container: sindri-x', true],
    ['no container with name or ID "sindri-x" found: no such container', true],
    ['page not found', false],
    ['', false],
  ])('says by a 404 with "%s" that the thing is absent: %s', async (message, absent) => {
    const engine = await engineThat(answering(404, JSON.stringify({ message })));
    const found = engine.find('/containers/sindri-x/json');
    if (absent) await expect(found).resolves.toBeNull();
    else await expect(found).rejects.toMatchObject({ code: 'DOCKER_REFUSED', details: { status: 404 } });
  });

  it.each([
    [401, 'DOCKER_PERMISSION', 'auth'],
    [409, 'DOCKER_REFUSED', 'refused'],
    [500, 'DOCKER_ENGINE_FAILED', 'incomplete'],
  ])('%i is %s, with the words of the engine', async (status, code, kind) => {
    const engine = await engineThat(answering(status, '{"message":"because"}'));
    await expect(engine.call('POST', '/x')).rejects.toMatchObject({
      code,
      kind,
      message: expect.stringMatching(/because/),
    });
  });

  it.each([
    [500, 'unable to find user nosuch: no matching entries in passwd file'],
    [400, 'No command specified'],
    [400, 'failed to create shim task: OCI runtime create failed: exec: "boot": executable file not found in $PATH'],
    [500, 'exec /bin/boot: exec format error'],
  ])('%i that means an image which cannot be run is no reason to try again: %s', async (status, message) => {
    const engine = await engineThat(answering(status, JSON.stringify({ message })));
    await expect(engine.call('POST', '/containers/x/start')).rejects.toMatchObject({
      code: 'DOCKER_REFUSED',
      kind: 'refused',
      retryable: false,
      message: expect.stringContaining(message) as string,
      hint: expect.stringContaining('deployment.image') as string,
    });
  });

  it('may answer in no JSON, and that is no answer', async () => {
    const engine = await engineThat(answering(200, '<html>'));
    await expect(engine.call('GET', '/info')).rejects.toMatchObject({
      code: 'DOCKER_ANSWER_INVALID',
      kind: 'incomplete',
    });
  });

  it('is cut off when its answer does not end', async () => {
    let sent = 0;
    const engine = await engineThat((_request, response) => {
      const chunk = Buffer.alloc(1024 ** 2, 32);
      const more = (): void => {
        sent += chunk.length;
        response.write(chunk, () => (response.destroyed ? undefined : more()));
      };
      more();
    });
    await expect(engine.call('GET', '/info')).rejects.toMatchObject({ code: 'DOCKER_ANSWER_INVALID' });
    expect(sent).toBeLessThan(64 * 1024 ** 2);
  });

  it('that hangs up is incomplete', async () => {
    const engine = await engineThat((_request, response) => void response.socket?.destroy());
    await expect(engine.call('GET', '/info')).rejects.toMatchObject({ code: 'DOCKER_UNREACHABLE', kind: 'incomplete' });
  });

  it('that is not there is told with its address', async () => {
    const engine = await engineThat(answering(200, '{}'));
    await fake?.stop();
    await expect(engine.call('GET', '/info')).rejects.toMatchObject({
      code: 'DOCKER_UNREACHABLE',
      message: expect.stringMatching(/No Docker Engine answers at unix:.*docker\.sock/),
    });
    fake = undefined;
  });

  it.each([
    new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
    Object.assign(new Error('Headers Timeout Error'), { code: 'UND_ERR_HEADERS_TIMEOUT' }),
  ])('that takes a request and says nothing hangs: %s', async (late) => {
    fake = await startFakeEngine(answering(200, '{}'));
    const dispatcher = { request: () => Promise.reject(late) };
    await expect(createEngineOpener()({ ...fake.context, dispatcher })).rejects.toMatchObject({
      code: 'DOCKER_UNREACHABLE',
      retryable: true,
      message: expect.stringContaining('did not answer within 60 s') as string,
      hint: expect.stringContaining('restart Docker') as string,
    });
  });

  it('is asked nothing any more after an abort', async () => {
    const engine = await engineThat(answering(200, '{}'));
    const asked = fake?.requests.length;
    const context = { ...(fake as FakeEngine).context, signal: AbortSignal.abort(new Error('enough')) };
    await expect(createEngineOpener()(context)).rejects.toThrow('enough');
    expect(fake?.requests.length).toBe(asked);
    expect(engine.isHere).toBe(true);
  });
});
