import { systemClock, type OperationContext } from '@sindri/core';
import type { Engine } from '@sindri/docker-engine';
import { observeDocker } from '../src/observe.js';
import type { Spec } from '../src/options.js';

const context = { signal: new AbortController().signal, clock: systemClock } as OperationContext;
const spec = { name: 'x', image: { reference: 'some:1' } } as Spec;

/** An engine that answers by the path: with JSON, or with an error. */
function engineWith(answers: Record<string, unknown>): Engine {
  const answer = (path: string): Promise<never> => {
    const [, found = null] = Object.entries(answers).find(([start]) => path.startsWith(start)) ?? [];
    return found instanceof Error ? Promise.reject(found) : Promise.resolve(found as never);
  };
  return { isPodman: false, find: answer, call: (_method: string, path: string) => answer(path) } as unknown as Engine;
}

function container(labels: Record<string, string>): object {
  return {
    Id: 'c1',
    Image: 'sha256:1',
    Created: '2026-01-01T00:00:00Z',
    State: { Status: 'running', ExitCode: 0, Error: '', OOMKilled: false, StartedAt: '2026-01-01T00:00:01Z' },
    Config: { Labels: labels },
    HostConfig: {},
    NetworkSettings: {},
  };
}

const there = {
  '/containers/json': [],
  '/volumes': { Volumes: [{ Name: 'sindri-x-home', Labels: null }] },
  '/networks': [{ Name: 'sindri-x', Labels: null }],
};

async function ownersIn(engine: Engine): Promise<Record<string, boolean | undefined>> {
  const { resources } = await observeDocker(engine, spec, context);
  return Object.fromEntries(resources.map(({ type, owned }) => [type, owned]));
}

describe('what was taken over', () => {
  const settings = JSON.stringify({ volume: 'sindri-x-home', network: 'bridge' });

  test('is ours as long as our container uses it, though it carries no mark', async () => {
    const ours = container({ 'sindri.environment': 'x', 'sindri.settings': settings });
    const engine = engineWith({ '/containers/sindri-x/': ours, ...there });
    expect(await ownersIn(engine)).toEqual({ container: true, volume: true, network: true });
  });

  test('is not ours when a container of somebody else uses it', async () => {
    const engine = engineWith({ '/containers/sindri-x/': container({ 'sindri.settings': settings }), ...there });
    expect(await ownersIn(engine)).toEqual({ container: false, volume: false, network: false });
  });

  test('is not ours without a container', async () => {
    expect(await ownersIn(engineWith(there))).toMatchObject({ volume: false, network: false });
  });
});

test('what could not be read is unobserved, with the reason', async () => {
  const { resources } = await observeDocker(engineWith({ ...there, '/networks': new Error('cut') }), spec, context);
  const network = resources.find(({ type }) => type === 'network');
  expect(network).toMatchObject({ status: 'unobserved', reason: expect.stringContaining('cut') });
});
