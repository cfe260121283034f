import { recorded } from '../../../../../test/recorded/recorded';
import type { WireMachineEvent } from '../../../src/api/types';
import { toEventData } from '../../../src/planner/observed/from-wire';
import { pastEvents } from '../../../src/planner/summary/past-events';

/** Events as Fly sends them, newest first. */
const read = (wire: WireMachineEvent[]): string[] =>
  pastEvents(wire.map(toEventData).toReversed()).map(({ kind, cause, message }) => `${kind} / ${cause} / ${message}`);

let at = 0;
const event = (type: string, status: string, source = 'flyd', exit?: object): WireMachineEvent => ({
  type,
  status,
  source,
  timestamp: ++at * 1_000,
  ...(exit === undefined ? {} : { request: { exit_event: exit } }),
});
/** Oldest first, as one writes a story. */
const tell = (...events: WireMachineEvent[]): string[] => read(events.toReversed());

const launch = [event('launch', 'pending'), event('launch', 'created', 'user')];
const up = event('start', 'started');
const asked = { exit_code: 0, signal: -1, requested_stop: true };

describe('what happened to a machine, in words', () => {
  it('as it was recorded: made, stopped by its owner, woken by a connection', () => {
    const told = pastEvents(recorded('eventsWake').map(toEventData).toReversed());
    expect(told).toEqual([
      { at: '2026-08-16T02:20:58.799Z', kind: 'created', cause: 'user', message: 'created' },
      { at: '2026-08-16T02:21:01.429Z', kind: 'started', cause: 'user', message: 'started for the first time' },
      { at: '2026-08-16T02:21:29.023Z', kind: 'stopped', cause: 'user', message: 'stopped on request' },
      { at: '2026-08-16T02:21:30.764Z', kind: 'started', cause: 'connection', message: 'woken by a connection' },
    ]);
  });

  it('as it was recorded: out of memory', () => {
    expect(read(recorded('eventsOom'))).toEqual([
      'started / null / started',
      'out-of-memory / crash / out of memory (exit code 137)',
      'destroyed / null / destroyed',
    ]);
  });

  it('as it was recorded: a program that is not there, after an update', () => {
    expect(read(recorded('machineStopped').events)).toEqual([
      'created / user / created',
      'started / user / started for the first time',
      'updated / user / updated to a new version',
      'crashed / crash / its main process ended with exit code 127',
    ]);
  });

  it('idle: put to sleep and woken again', () => {
    expect(
      tell(
        event('suspend', 'suspending', 'proxy'),
        event('suspend', 'suspended'),
        event('start', 'starting', 'proxy'),
        up,
        event('stop', 'stopping', 'proxy'),
        event('exit', 'stopped', 'flyd', asked),
        event('start', 'starting', 'user'),
        event('start', 'started'),
      ),
    ).toEqual([
      'suspended / idle / suspended because nobody was connected',
      'resumed / connection / woken by a connection',
      'stopped / idle / stopped because nobody was connected',
      'started / user / started on request',
    ]);
  });

  it('a restart is one thing, however many steps Fly tells', () => {
    const bare = [event('restart', 'restarting', 'user'), event('start', 'started')];
    const withExit = [
      event('restart', 'restarting', 'user'),
      event('exit', 'stopped', 'flyd', asked),
      event('start', 'started'),
    ];
    for (const story of [bare, withExit]) expect(tell(...story)).toEqual(['restarted / user / restarted on request']);
  });

  it('an update, of what runs and of what sleeps, and one that was taken back', () => {
    expect(
      tell(
        ...launch,
        event('start', 'started'),
        event('update', 'replacing', 'user'),
        event('exit', 'stopped', 'flyd', asked),
        event('launch', 'created', 'user'),
        event('start', 'started'),
        event('update', 'replacing', 'user'),
        event('update', 'stopped'),
        event('revert', 'stopped'),
      ),
    ).toEqual([
      'created / user / created',
      'started / user / started for the first time',
      'updated / user / updated to a new version',
      'started / user / started in its new version',
      'updated / user / updated to a new version, and left stopped because it did not run',
      'other / platform / the update was taken back by Fly',
    ]);
  });

  it('ends by itself: with 0, with a code, by a signal; and Fly starts it again', () => {
    expect(
      tell(
        event('exit', 'stopped', 'flyd', { exit_code: 0, signal: -1 }),
        event('exit', 'stopped', 'flyd', { exit_code: 2, signal: -1, restarting: true }),
        event('start', 'started'),
        event('exit', 'stopped', 'flyd', { exit_code: 0, signal: 9 }),
      ),
    ).toEqual([
      'stopped / null / its main process ended by itself, with exit code 0',
      'crashed / crash / its main process ended with exit code 2',
      'started / platform / started again by Fly',
      'crashed / crash / its main process ended with a signal (9)',
    ]);
  });

  it('what nobody here knows stays, with the word of Fly', () => {
    expect(
      tell(
        event('migrate', 'migrated'),
        event('teleport', '', 'user'),
        event('toString', 'x'),
        event('cordon', 'started', 'user'),
      ),
    ).toEqual([
      'other / platform / migrate (migrated)',
      'other / user / teleport',
      'other / platform / toString (x)',
      'other / user / cordoned: Fly routes no connections to it',
    ]);
  });

  it('what has begun and not ended is told as such; without a beginning, the end is told alone', () => {
    expect(tell(event('start', 'starting', 'proxy'))).toEqual([
      'other / connection / a start was requested, which has not ended yet',
    ]);
    expect(tell(event('exit', 'stopped', 'flyd', asked), event('suspend', 'suspended'))).toEqual([
      'stopped / null / stopped',
      'suspended / null / suspended',
    ]);
    expect(tell(event('stop', 'stopping', 'user'), { ...event('exit', 'stopped'), request: null })).toEqual([
      'stopped / user / stopped on request',
    ]);
    expect(read([{ type: 'update', status: 'stopped', source: 'flyd', timestamp: 0 }])).toEqual([]);
  });
});
