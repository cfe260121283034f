import type { PastEvent } from '@sindri/core';
import type { Evidence } from '../src/diagnose/evidence';
import { findSymptoms } from '../src/diagnose/symptoms';

const event = (kind: string, at: string, cause = 'idle'): PastEvent =>
  ({ kind, cause, at: `2026-11-20T${at}:00.000Z`, message: kind }) as PastEvent;
const slept = [event('created', '10:00', 'user'), event('started', '10:00', 'user'), event('suspended', '10:06')];

function titles(events: PastEvent[], messages: string[]): string[] {
  const logs = messages.map((message) => ({ timestamp: '2026-11-20T10:01:00Z', message, source: 'app' }));
  const evidence = {
    environment: 'demo',
    summary: { state: 'suspended', resources: { memoryMb: 2048 }, idleBehaviour: 'sleeps' },
    machine: { name: 'demo-1', state: 'suspended', hostStatus: null },
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
  return findSymptoms(evidence).map(({ severity, title }) => `${severity}: ${title}`);
}

it('an installation that sleep has cut short is told by its lines, suspected at a first sleep, and never once it was done', () => {
  const cut = ['problem: It went to sleep while its extensions were being installed'];
  expect(titles(slept, ['Installing extensions: profile fullstack'])).toEqual(cut);
  expect(titles(slept, [])).toEqual(['warning: It may have gone to sleep before its extensions were installed']);
  expect(titles(slept, ['Extension installation completed'])).toEqual([]);
  expect(titles(slept, ['Profile full: installation completed, the emulator installs no extensions'])).toEqual([]);
  expect(titles([...slept, event('resumed', '11:00', 'connection'), event('suspended', '11:05')], [])).toEqual([]);
});
