import { SindriError, type Environment, type EnvironmentState, type PastEvent, type Session } from '@sindri/core';
import { keepSession } from '../../src/operations/keep-session';
import type { Ending } from '../../src/terminal/attach';
import { fakeEnvironment, fakeShell, summary } from '../fakes';

const exit = (status: number): Ending => ({ status, by: 'process' });
const broken: Ending = { status: 255, by: 'connection', message: 'The connection broke.' };
const unreachable = new SindriError({
  code: 'X_UNREACHABLE',
  kind: 'incomplete',
  message: 'Nobody answers.',
  retryable: true,
});
const ended = (kind: PastEvent['kind'], message: string): PastEvent => ({
  at: '2026-03-01T12:03:31.000Z',
  kind,
  cause: null,
  message,
});

interface Story {
  /** How the sessions end, one after another. */
  endings: Ending[];
  /** What each look sees. An error: it fails. */
  states?: (EnvironmentState | Error)[];
  events?: PastEvent[];
  /** Whether Enter is pressed, each time. */
  enters?: boolean[];
  /** What the openings after the first come to. */
  openings?: (Error | null)[];
}

async function play({ endings, states = [], events, enters = [], openings = [] }: Story) {
  const told: string[] = [];
  const shell = fakeShell({
    sleep: () => new Promise(() => undefined),
    handOver: () => told.push('hand over'),
    takeBack: () => told.push('take back'),
  });
  let opened = 0;
  let heard = 0;
  let offeredTooSoon = false;
  const environment = fakeEnvironment({
    provider: {
      name: 'fake',
      capabilities: events === undefined ? [] : ['events'],
    } as unknown as Environment['provider'],
    status: async () => {
      const state = states.shift();
      if (state instanceof Error) throw state;
      return summary({ state });
    },
    events: async () => events ?? [],
  });
  const open = async (): Promise<Session> => {
    const failure = opened++ === 0 ? null : (openings.shift() ?? null);
    if (failure !== null) throw failure;
    return {} as Session;
  };
  const outcome = await keepSession(environment, shell, open, {
    attach: async () => endings.shift() as Ending,
    reset: () => undefined,
    awaitEnter: async () => {
      // To a terminal that does not wait for keys yet, Ctrl-C is an interrupt.
      offeredTooSoon ||= /Ctrl-C ends/.test(shell.said.slice(heard).join(''));
      const enter = enters.shift() ?? false;
      await new Promise((resolve) => setImmediate(resolve));
      heard = shell.said.length;
      return enter;
    },
  }).catch((error: Error) => error);
  return { outcome, opened, offeredTooSoon, said: shell.said.join('\n'), told, calls: environment.calls };
}

describe('a shell that ends by itself', () => {
  it.each([0, 1, 130, 6])('ends with its status %d, and nobody looks', async (status) => {
    expect(await play({ endings: [exit(status)] })).toMatchObject({ outcome: status, opened: 1, said: '', calls: [] });
  });

  it.each([129, 137, 143, 255])('may have status %d, while the environment runs on', async (status) => {
    const played = await play({ endings: [exit(status)], states: ['running'], events: [] });
    expect(played).toMatchObject({ outcome: status, opened: 1, said: '' });
  });

  it('may be left from here', async () => {
    const left: Ending = { status: 255, by: 'here', message: 'Disconnected.' };
    expect(await play({ endings: [left] })).toMatchObject({
      outcome: 255,
      opened: 1,
      said: 'Disconnected.',
      calls: [],
    });
  });
});

describe('a shell whose environment ends under it', () => {
  it.each<[EnvironmentState, Ending, string]>([
    ['suspended', broken, 'demo is suspended. Enter wakes it, Ctrl-C ends.'],
    ['stopped', exit(137), 'demo is stopped. Enter starts it, Ctrl-C ends.'],
    ['stopping', exit(129), 'demo is stopping. Enter starts it, Ctrl-C ends.'],
    ['failed', exit(255), 'demo has failed. Enter starts it, Ctrl-C ends.'],
    ['creating', exit(143), 'demo is being created. Enter connects again, Ctrl-C ends.'],
    ['running', broken, 'demo is running. Enter connects again, Ctrl-C ends.'],
  ])('%s: comes back with Enter', async (state, ending, text) => {
    const played = await play({ endings: [ending, exit(4)], states: [state], enters: [true] });
    expect(played).toMatchObject({ outcome: 4, opened: 2, offeredTooSoon: false });
    expect(played.said).toContain(text);
    expect(played.told).toEqual(['hand over', 'take back', 'hand over']);
  });

  it('ends with 255 without Enter', async () => {
    const played = await play({ endings: [broken], states: ['suspended'], enters: [false] });
    expect(played).toMatchObject({ outcome: 255, opened: 1 });
    expect(played.said).toMatch(/^The connection broke\.\n/);
  });

  it('is told what has happened, as the platform says it, also when all is over again', async () => {
    const events = [ended('started', 'woken by a connection'), ended('updated', 'updated to a new version')];
    const played = await play({ endings: [exit(143), exit(0)], states: ['running'], events, enters: [true] });
    expect(played).toMatchObject({ outcome: 0, opened: 2 });
    expect(played.said).toContain('12:03:31 UTC: updated to a new version.');
  });

  it('hears once what has happened', async () => {
    const events = [ended('suspended', 'suspended on request')];
    const played = await play({ endings: [broken], states: ['suspended'], events });
    expect(played.said).toBe('demo, 12:03:31 UTC: suspended on request. Enter wakes it, Ctrl-C ends.');
    const killed = await play({ endings: [broken], states: ['stopped'], events: [ended('crashed', 'out of memory')] });
    expect(killed.said).toBe('12:03:31 UTC: out of memory.\ndemo is stopped. Enter starts it, Ctrl-C ends.');
  });

  it('is not asked to come back to what is gone', async () => {
    const played = await play({ endings: [exit(137)], states: ['absent'], enters: [true] });
    expect(played).toMatchObject({ outcome: 255, opened: 1 });
    expect(played.said).toContain('demo is not deployed.');
  });

  it('never opens more than one for each Enter, whatever ends how often', async () => {
    const played = await play({
      endings: [broken, broken, broken],
      states: ['running', 'running', 'running'],
      enters: [true, true],
    });
    expect(played).toMatchObject({ outcome: 255, opened: 3 });
  });
});

describe('a network that is lost', () => {
  it('is told, and Enter tries as often as it is pressed', async () => {
    const played = await play({
      endings: [broken, exit(0)],
      states: [unreachable],
      enters: [true, true],
      openings: [unreachable, null],
    });
    expect(played).toMatchObject({ outcome: 0, opened: 3 });
    expect(played.said).toContain('What has become of demo cannot be seen: Nobody answers.');
    expect(played.said).toContain('Nobody answers.\nEnter tries again, Ctrl-C ends.');
  });

  it('does not hide an error that no try can help', async () => {
    const refused = new SindriError({ code: 'X_REFUSED', kind: 'auth', message: 'Your key is out.' });
    const played = await play({ endings: [broken], states: ['running'], enters: [true], openings: [refused] });
    expect(played.outcome).toBe(refused);
  });
});
