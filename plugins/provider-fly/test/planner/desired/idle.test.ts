import { idleBehaviour } from '../../../src/planner/desired/idle.js';

const shared = (memoryMb: number) => ({ cpuKind: 'shared' as const, cpus: 2, memoryMb, gpu: null });

describe('what happens when nobody is connected', () => {
  it('nothing without auto-stop', () => {
    expect(idleBehaviour(shared(4096), { autostop: 'off', autoStartMachines: true })).toEqual({
      text: null,
      suspendIsUnsure: false,
    });
  });

  it('suspend up to 2 GB', () => {
    const { text, suspendIsUnsure } = idleBehaviour(shared(2048), { autostop: 'suspend', autoStartMachines: true });
    expect(suspendIsUnsure).toBe(false);
    expect(text).toMatch(/suspends the machine and keeps its memory.*next connection wakes it/);
  });

  it('perhaps a stop above 2 GB, and what that costs', () => {
    const { text, suspendIsUnsure } = idleBehaviour(shared(4096), { autostop: 'suspend', autoStartMachines: true });
    expect(suspendIsUnsure).toBe(true);
    expect(text).toMatch(/4 GB .*up to 2 GB.*stop it instead: memory .* lost .* cold boot, the volume is kept/);
  });

  it('perhaps a stop with a GPU', () => {
    const guest = { ...shared(2048), gpu: { kind: 'l40s', count: 1 } };
    expect(idleBehaviour(guest, { autostop: 'suspend', autoStartMachines: true }).text).toMatch(
      /with a GPU it may stop/,
    );
  });

  it('a stop where somebody has set that', () => {
    expect(idleBehaviour(shared(512), { autostop: 'stop', autoStartMachines: true }).text).toMatch(
      /Fly stops the machine/,
    );
  });

  it('and who wakes it without auto-start', () => {
    expect(idleBehaviour(shared(512), { autostop: 'suspend', autoStartMachines: false }).text).toMatch(
      /`sindri start`/,
    );
  });
});
