import type { MachineData, MachineEventData } from '../../../src/model';
import { awakeHours } from '../../../src/planner/prices/awake';

const at = (text: string): number => Date.parse(`2026-11-${text}:00Z`);
const event = (type: string, status: string, when: string): MachineEventData => ({
  type,
  status,
  source: 'flyd',
  timestamp: at(when),
  exit: null,
});
const machine = (events: MachineEventData[], state: string, autostop: string | boolean = 'suspend'): MachineData =>
  ({
    events: events.toReversed(),
    state,
    createdAt: '2026-11-01T00:00:00Z',
    config: { services: [{ autostop }] },
  }) as unknown as MachineData;

/** Awake from eight to four on each of some days. */
const days = (count: number): MachineEventData[] =>
  Array.from({ length: count }, (_, day) => String(day + 1).padStart(2, '0')).flatMap((day) => [
    event('start', 'started', `${day}T08:00`),
    event('suspend', 'suspended', `${day}T16:00`),
  ]);

describe('how long a machine is awake in a month', () => {
  it('is measured from its first to its newest event, without a clock', () => {
    // 40 of 104 hours.
    expect(awakeHours(machine(days(5), 'suspended'))).toEqual({ hours: 277, basis: 'measured', days: 4 });
    expect(awakeHours(machine(days(5), 'suspended'), at('09T08:00'))).toEqual({
      hours: 150,
      basis: 'measured',
      days: 8,
    });
  });

  it('counts the time that it runs now, where the end is given', () => {
    const runs = [event('launch', 'created', '01T00:00'), event('start', 'started', '01T00:00')];
    expect(awakeHours(machine(runs, 'started'), at('20T00:00'))).toEqual({ hours: 720, basis: 'measured', days: 19 });
  });

  it('is unknown within three days, with events that do not fit, and with none', () => {
    expect(awakeHours(machine(days(3), 'suspended'))).toBeUndefined();
    expect(awakeHours(machine(days(5), 'started'))).toBeUndefined();
    expect(awakeHours(machine([], 'suspended', true))).toBeUndefined();
  });

  it('is always where nothing puts it to sleep and nothing was measured', () => {
    for (const autostop of ['off', false]) {
      expect(awakeHours(machine([], 'started', autostop))).toEqual({ hours: 720, basis: 'always' });
    }
  });
});
