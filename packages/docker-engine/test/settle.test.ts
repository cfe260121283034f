import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { systemClock, type Clock, type OperationContext } from '@sindri/core';
import type { Engine } from '../src/client.js';
import { settleContainer } from '../src/settle.js';

const LOOK_MS = 100;

/** Does not wait between two looks, and notes them; any other time never runs out. */
function contextWith(looks: number[] = []): OperationContext {
  const sleep = (ms: number): Promise<void> =>
    ms === LOOK_MS ? Promise.resolve(void looks.push(ms)) : new Promise(() => undefined);
  return { signal: new AbortController().signal, clock: { ...systemClock, sleep } as Clock } as OperationContext;
}

interface State {
  Status: string;
  ExitCode?: number;
}

/** An engine with one container, whose SSH port is published where `server` listens. `asked` has its requests. */
function engineWith(port: number, states: State[], exposed: object = { '2222/tcp': {} }) {
  const asked: string[] = [];
  const find = async (path: string): Promise<unknown> => {
    asked.push(path);
    if (path.startsWith('/images/')) return { Config: { ExposedPorts: exposed } };
    const state = states.length > 1 ? states.shift() : states[0];
    return {
      Id: 'c1',
      Image: 'sha256:1',
      State: { ExitCode: 0, Error: '', OOMKilled: false, StartedAt: '2026-01-01T00:00:01Z', ...state },
      Config: { Labels: null },
      HostConfig: {},
      NetworkSettings: { Ports: { '2222/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] } },
    };
  };
  const call = async (method: string, path: string): Promise<unknown> => void asked.push(`${method} ${path}`);
  const stream = () => Promise.reject(new Error('no logs'));
  return { engine: { isHere: true, find, call, stream } as unknown as Engine, asked };
}

let server: Server;
let refusals = 0;
beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (refusals-- > 0) socket.destroy();
    else socket.write('SSH-2.0-test\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
beforeEach(() => (refusals = 0));
afterAll(() => server.close());

const portOf = (): number => (server.address() as AddressInfo).port;

test('a server that greets through its published port is ready: no process inside is needed to find out', async () => {
  const { engine, asked } = engineWith(portOf(), [{ Status: 'running' }]);
  await expect(settleContainer(engine, 'c1', 2222, contextWith())).resolves.toMatchObject({ id: 'c1' });
  expect(asked).toEqual(['/containers/c1/json', '/images/sha256:1/json']);
});

test('a connection that is accepted and closed without a word is none: it is tried again', async () => {
  refusals = 2;
  const looks: number[] = [];
  const { engine, asked } = engineWith(portOf(), [{ Status: 'running' }]);
  await settleContainer(engine, 'c1', 2222, contextWith(looks));
  expect(looks).toHaveLength(2);
  expect(asked.filter((path) => path.startsWith('/containers/'))).toHaveLength(3);
});

test('what ends instead has crashed, with its exit code', async () => {
  refusals = Infinity;
  const states = [{ Status: 'running' }, { Status: 'exited', ExitCode: 3 }];
  const { engine } = engineWith(portOf(), states);
  const settled = settleContainer(engine, 'c1', 2222, contextWith());
  await expect(settled).rejects.toMatchObject({ code: 'DOCKER_CRASHED', details: { exitCode: 3 } });
});
