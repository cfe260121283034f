import type { Finding, PastEvent } from '@sindri/core';
import type { Evidence } from '../src/diagnose/evidence';
import { findSymptoms } from '../src/diagnose/symptoms';

const event = (kind: string, at: string, cause = 'idle'): PastEvent =>
  ({ kind, cause, at: `2026-11-20T${at}:00.000Z`, message: kind }) as PastEvent;
const slept = [event('created', '10:00', 'user'), event('started', '10:00', 'user'), event('suspended', '10:06')];

function find(events: PastEvent[], messages: string[], guest?: object): Finding[] {
  const logs = messages.map((message) => ({ timestamp: '2026-11-20T10:01:00Z', message, source: 'app' }));
  const evidence = {
    environment: 'demo',
    summary: { state: 'suspended', resources: { memoryMb: 2048 }, idleBehaviour: 'sleeps' },
    machine: { name: 'demo-1', state: 'suspended', hostStatus: null, config: { guest } },
    ips: null,
    secrets: null,
    volume: null,
    events,
    logs,
    installs: true,
    installation: null,
    wakesOnConnection: true,
    dial: null,
    keys: null,
  } as unknown as Evidence;
  return findSymptoms(evidence);
}

const titles = (events: PastEvent[], messages: string[]): string[] =>
  find(events, messages).map(({ severity, title }) => `${severity}: ${title}`);

it('an installation that sleep has cut short is told by its lines, suspected at a first sleep, and never once it was done', () => {
  const cut = ['problem: It went to sleep while its extensions were being installed'];
  expect(titles(slept, ['Installing extensions: profile fullstack'])).toEqual(cut);
  expect(titles(slept, [])).toEqual(['warning: It may have gone to sleep before its extensions were installed']);
  expect(titles(slept, ['Extension installation completed'])).toEqual([]);
  expect(titles(slept, ['Profile full: installation completed, the emulator installs no extensions'])).toEqual([]);
  expect(titles([...slept, event('resumed', '11:00', 'connection'), event('suspended', '11:05')], [])).toEqual([]);
});

it('memory that ran out before the last change says nothing of the memory of now', () => {
  const killed = [event('created', '10:00', 'user'), event('out-of-memory', '10:02', 'crash')];
  const problem = 'problem: It ran out of memory';
  expect(titles(killed, ['Out of memory: Killed process'])).toContain(problem);
  expect(titles([...killed, event('updated', '10:03', 'user')], ['Out of memory: Killed process'])).not.toContain(
    problem,
  );
  expect(titles([event('updated', '10:00', 'user')], ['Out of memory: Killed process'])).toContain(problem);
});

it.each([
  ['shared', 2, 2048, 'sindri scale memory 4GB'],
  ['shared', 2, 4096, 'sindri scale memory 8GB --cpus 4'],
  ['shared', 1, 512, 'sindri scale memory 1GB'],
  ['shared', 8, 16_384, 'sindri deploy'],
  ['performance', 2, 16_384, 'sindri scale memory 32GB --cpus 4'],
  ['performance', 16, 131_072, null],
])(
  'the way out of too little memory is a size that Fly has: %s, %d CPUs, %d MB',
  (cpu_kind, cpus, memory_mb, command) => {
    const [finding] = find([event('out-of-memory', '10:02', 'crash')], [], { cpu_kind, cpus, memory_mb });
    expect(finding?.fix.map((step) => step.command)).toEqual([command]);
  },
);
