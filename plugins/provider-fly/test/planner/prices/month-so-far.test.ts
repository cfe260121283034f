import type { MachineData, MachineEventData, VolumeData } from '../../../src/model';
import { machineMonthly } from '../../../src/planner/prices/cost';
import { monthSoFar } from '../../../src/planner/prices/month-so-far';

const at = (text: string): number => Date.parse(`2026-11-${text}:00Z`);
const event = (type: string, status: string, when: string): MachineEventData => ({
  type,
  status,
  source: 'flyd',
  timestamp: at(when),
  exit: null,
});
const guest = { cpu_kind: 'shared', cpus: 2, memory_mb: 4096 };
const hourly = (machineMonthly({ cpuKind: 'shared', cpus: 2, memoryMb: 4096, gpu: null }, 'sjc') ?? 0) / 720;
/** While it sleeps, its root file system: 8 GB at $0.15. */
const asleepHourly = 1.2 / 720;

function spent(
  events: MachineEventData[],
  rest: Partial<MachineData> = {},
  more: { volume?: Partial<VolumeData> } = {},
) {
  const machine = {
    state: 'started',
    region: 'sjc',
    createdAt: '2026-11-10T00:00:00Z',
    config: { guest },
    // As Fly sends them: the newest first.
    events: events.toReversed(),
    ...rest,
  } as unknown as MachineData;
  const volume = more.volume === undefined ? null : ({ sizeGb: 30, ...more.volume } as VolumeData);
  return monthSoFar({ nowMs: at('20T00:00'), machine, volume, dedicatedIpv4s: 0, atMost: 30 });
}
const cents = (usd: number): number => Math.round(usd * 100) / 100;
const launched = [event('launch', 'created', '10T00:00'), event('start', 'started', '10T00:00')];

describe('what the month has cost so far', () => {
  it('counts what ran by the second, and what slept as that', () => {
    expect(spent(launched)).toEqual({ month: '2026-11', spent: cents(240 * hourly), atMost: 30 });
    const slept = [event('suspend', 'suspended', '11T00:00'), event('start', 'started', '18T00:00')];
    expect(spent([...launched, ...slept])?.spent).toBe(cents(72 * hourly + 168 * asleepHourly));
    const stopped = [event('exit', 'stopped', '12T00:00')];
    expect(spent([...launched, ...stopped], { state: 'stopped' })?.spent).toBe(cents(48 * hourly + 192 * asleepHourly));
  });

  it('counts from the first of the month where the events reach back so far', () => {
    const old = { createdAt: '2026-09-01T00:00:00Z' };
    const before = { ...event('start', 'started', '01T00:00'), timestamp: Date.parse('2026-10-31T12:00:00Z') };
    expect(spent([before], old)?.spent).toBe(cents(19 * 24 * hourly));
  });

  it('counts what nobody tells of as asleep, and says that it was more', () => {
    const later = [event('start', 'started', '15T00:00')];
    const least = { month: '2026-11', spent: cents(120 * hourly + 120 * asleepHourly), atMost: 30, isAtLeast: true };
    expect(spent(later)).toEqual(least);
    // An update is a launch too: what came before is not the beginning.
    const updated = [event('launch', 'created', '15T00:00'), event('start', 'started', '15T00:00')];
    expect(spent(updated)).toEqual(least);
  });

  it('knows that there was another machine before: one that was replaced, or that had the volume', () => {
    expect(spent(launched, { metadata: { sindri_replaces: 'm1' } } as never)).toMatchObject({ isAtLeast: true });
    expect(spent(launched, {}, { volume: { createdAt: '2026-11-02T00:00:00Z' } })).toMatchObject({ isAtLeast: true });
    expect(spent(launched, {}, { volume: { createdAt: '2026-11-09T23:58:00Z' } })).not.toHaveProperty('isAtLeast');
    const old = { createdAt: '2026-09-01T00:00:00Z', metadata: { sindri_replaces: 'm1' } };
    const before = { ...event('start', 'started', '01T00:00'), timestamp: Date.parse('2026-10-31T12:00:00Z') };
    expect(spent([before], old as never)).not.toHaveProperty('isAtLeast');
  });

  it('counts a volume since it was made, also where it is older than the machine', () => {
    const { spent: sum = 0 } = spent(launched, {}, { volume: { createdAt: '2026-10-01T00:00:00Z' } }) ?? {};
    expect(sum).toBe(cents(240 * hourly + 4.5 * (19 / 30)));
  });

  it.each<[string, MachineEventData[], Partial<MachineData>]>([
    ['no events', [], {}],
    ['events that do not fit the state', launched, { state: 'suspended' }],
    ['a machine in between', launched, { state: 'starting' }],
    ['a size without a price', launched, { config: null }],
    ['no time of its making', launched, { createdAt: null }],
  ])('is unknown with %s', (_title, events, rest) => expect(spent(events, rest)).toBeNull());

  it('is unknown with a volume whose age is', () => {
    expect(spent(launched, {}, { volume: { createdAt: null } })).toBeNull();
  });
});
