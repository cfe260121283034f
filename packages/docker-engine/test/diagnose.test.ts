import type { OperationContext } from '@sindri/core';
import { systemClock } from '@sindri/core';
import type { Engine } from '../src/client.js';
import { diagnoseContainer, diagnoseEngine, type DiagnosedContainer } from '../src/diagnose.js';
import { engineError } from '../src/engine-error.js';

const context = { signal: new AbortController().signal, clock: systemClock, random: () => 0.5 } as OperationContext;
const running: DiagnosedContainer = {
  ...{ id: 'c1', status: 'running', started: true, exitCode: 0, trouble: '' },
  settings: { memoryMb: 256 },
};

/** An engine whose container uses so much of its memory, and writes nothing. */
function engineUsing(share: number): Engine {
  const find = async (path: string): Promise<unknown> => {
    if (!path.endsWith('/stats')) throw new Error(`not asked for: ${path}`);
    return { memory_stats: { usage: share * 1000, limit: 1000 } };
  };
  const refuse = (): Promise<never> => Promise.reject(new Error('not here'));
  return { find, call: refuse, stream: refuse } as unknown as Engine;
}

const findingsOf = async (container: Partial<DiagnosedContainer>, share = 0.5) =>
  (await diagnoseContainer(engineUsing(share), { ...running, ...container }, '/home', context)).findings.map(
    ({ id, severity, evidence }) => ({ id, severity, evidence }),
  );

describe('a container', () => {
  test('that runs and has room has nothing', async () => {
    expect(await findingsOf({})).toEqual([]);
  });

  test.each([
    ['nearly full memory', {}, 0.97, { id: 'out-of-memory', severity: 'warning', evidence: ['97 % are used.'] }],
    [
      'killed for its memory',
      { status: 'exited', exitCode: 137, trouble: 'it ran out of memory' },
      0,
      { id: 'out-of-memory', severity: 'problem', evidence: ['The kernel has killed a process of it.'] },
    ],
    [
      'ended by itself',
      { status: 'exited', exitCode: 3 },
      0,
      { id: 'failed', severity: 'problem', evidence: ['It ended with 3.'] },
    ],
    [
      'started again and again',
      { status: 'restarting', exitCode: 1 },
      0,
      { id: 'docker-crash-loop', severity: 'problem', evidence: ['It ended with 1.'] },
    ],
  ])('%s', async (_what, container, share, finding) => {
    expect(await findingsOf(container, share)).toEqual([finding]);
  });

  test('without a limit has no memory that could be too small', async () => {
    expect(await findingsOf({ settings: null }, 0.99)).toEqual([]);
  });

  test('inside of one that cannot be asked the disk is unknown', async () => {
    const { unknown } = await diagnoseContainer(engineUsing(0), running, '/home', context);
    expect(unknown).toEqual([expect.stringMatching(/disk/)]);
  });
});

describe('an engine', () => {
  test('that does not answer is a finding with what to do', async () => {
    const away = engineError('DOCKER_UNREACHABLE', 'incomplete', 'No Docker Engine answers at x.', 'Start Docker.');
    const { findings } = await diagnoseEngine(
      () => Promise.reject(away),
      context,
      () => Promise.reject(new Error('not reached')),
    );
    expect(findings).toMatchObject([
      { id: 'docker-engine-away', evidence: ['No Docker Engine answers at x.'], fix: [{ text: 'Start Docker.' }] },
    ]);
  });

  test('that refuses something else is an error', async () => {
    const refused = engineError('DOCKER_REFUSED', 'refused', 'no');
    const look = () => Promise.reject(refused);
    await expect(diagnoseEngine(() => Promise.resolve(engineUsing(0)), context, look)).rejects.toBe(refused);
  });
});
