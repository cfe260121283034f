import assert from 'node:assert/strict';
import type { EventsRequest, PastEvent, PastEventKind } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { assertJson } from '../expectations.js';
import { assertReadOnly } from '../read-only.js';
import { eventually } from './inside.js';
import { isIsoTime } from './observe.js';
import { goDown, power, stateOf } from './power.js';

const KINDS: readonly PastEventKind[] = [
  'created',
  'updated',
  'started',
  'stopped',
  'suspended',
  'resumed',
  'restarted',
  'crashed',
  'out-of-memory',
  'destroyed',
  'other',
];
const CAUSES: readonly PastEvent['cause'][] = ['user', 'idle', 'connection', 'platform', 'crash', null];

export const eventsCases: readonly PlatformCase[] = [
  {
    name: 'events: a deploy is told, oldest first',
    platform: true,
    needs: ['events'],
    async run(bench) {
      await bench.deploy();
      for (const { spec } of bench.variations.slice(0, 1)) await bench.deploy({ spec });
      const told = await eventually(bench, async () => (await read(bench)).some(({ kind }) => isBeginning(kind)));
      const events = await read(bench);
      assert.ok(told, `something was created and started, and this is told: ${kindsOf(events)}`);
      assertJson(events, 'the events');
      for (const event of events) assertWhole(event);
      const times = events.map(({ at }) => Date.parse(at));
      assert.deepEqual(
        times,
        [...times].sort((a, b) => a - b),
        'the oldest event comes first',
      );
    },
  },
  {
    name: 'events: going to sleep and waking up are told',
    platform: true,
    needs: ['events', 'power'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      // A platform may forget the oldest while it is looked.
      const known = new Set((await read(bench)).map((event) => JSON.stringify(event)));
      const since = async (): Promise<PastEvent[]> =>
        (await read(bench)).filter((event) => !known.has(JSON.stringify(event)));
      const { after } = await goDown(bench);
      await power(bench).start(bench.spec, bench.context());
      const down: PastEventKind[] = after === 'suspended' ? ['suspended'] : ['stopped'];
      const isTold = async (): Promise<boolean> => {
        const kinds = (await since()).map(({ kind }) => kind);
        const slept = kinds.findIndex((kind) => down.includes(kind));
        return slept >= 0 && kinds.slice(slept).some((kind) => kind === 'started' || kind === 'resumed');
      };
      const told = await eventually(bench, isTold);
      const kinds = kindsOf(await since());
      assert.ok(told, `it was ${after} and then started, and this is told since: ${kinds}`);
    },
  },
  {
    name: 'events: tail limits them to the newest',
    platform: true,
    needs: ['events', 'power'],
    leavesDeployed: 'asleep',
    async run(bench) {
      await bench.deploy();
      await goDown(bench);
      const all = await read(bench);
      const [newest] = await read(bench, { tail: 1 });
      assert.equal((await read(bench, { tail: 1 })).length, Math.min(1, all.length), 'one event was asked for');
      const older = all.slice(0, -1).map((event) => JSON.stringify(event));
      assert.ok(!older.includes(JSON.stringify(newest)), 'the newest event was asked for');
    },
  },
  {
    name: 'events: since leaves out what is older, and nothing else',
    platform: true,
    needs: ['events', 'power'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      await goDown(bench);
      await power(bench).start(bench.spec, bench.context());
      const all = await read(bench);
      const middle = all[Math.floor(all.length / 2)];
      if (middle === undefined) {
        bench.note('The platform tells no events of this environment; none could be left out.');
        return;
      }
      const sinceMs = Date.parse(middle.at);
      const wanted = all.filter(({ at }) => Date.parse(at) >= sinceMs);
      const got = (await read(bench, { sinceMs })).slice(0, wanted.length);
      assert.deepEqual(got, wanted, `what happened at ${middle.at} or later`);
    },
  },
  {
    name: 'events: to read them changes nothing, and wakes nothing',
    platform: true,
    needs: ['events', 'power'],
    leavesDeployed: 'asleep',
    async run(bench) {
      await bench.deploy();
      const { after } = await goDown(bench);
      await assertReadOnly(bench, 'a look at the events', () => read(bench));
      assert.equal(await stateOf(bench), after);
    },
  },
];

async function read({ provider, spec, context }: Bench, request: EventsRequest = {}): Promise<PastEvent[]> {
  assert.ok(provider.events !== undefined, 'the provider declares "events" and has no such member');
  return [...(await provider.events(spec, request, context()))];
}

function isBeginning(kind: PastEventKind): boolean {
  return kind === 'created' || kind === 'started';
}

function kindsOf(events: readonly PastEvent[]): string {
  return events.map(({ kind }) => kind).join(', ') || 'nothing';
}

function assertWhole({ at, kind, cause, message }: PastEvent): void {
  assert.ok(isIsoTime(at), `"${at}" is no ISO 8601 time`);
  assert.ok(KINDS.includes(kind), `"${kind}" is no kind of event`);
  assert.ok(CAUSES.includes(cause), `"${String(cause)}" is no cause of an event`);
  assert.match(message, /\S/, `${at}: an event says what happened`);
  assert.doesNotMatch(message, /\.$/, `${at}: a message has no full stop`);
}
