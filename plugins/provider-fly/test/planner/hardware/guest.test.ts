import {
  cpusForMemory,
  fromWireGuest,
  guestText,
  isValidSize,
  memoryLimits,
  nearestMemory,
  resolveGuest,
  toWireGuest,
} from '../../../src/planner/hardware/guest.js';
import { optionsOf } from '../../../src/planner/desired/options.js';
import { spec, type SpecDraft } from '../support/specs.js';

describe('guest limits', () => {
  it.each<[Parameters<typeof isValidSize>, boolean]>([
    [['shared', 1, 256], true],
    [['shared', 1, 2048], true],
    [['shared', 1, 2304], false],
    [['shared', 1, 300], false],
    [['shared', 2, 4096], true],
    [['shared', 2, 256], false],
    [['shared', 3, 2048], false],
    [['shared', 8, 16384], true],
    [['shared', 10, 8192], false],
    [['performance', 1, 2048], true],
    [['performance', 1, 2304], false],
    [['performance', 2, 2048], false],
    [['performance', 4, 8192], true],
    [['performance', 8, 15360], false],
    [['performance', 8, 16384], true],
    [['performance', 16, 131072], true],
    [['performance', 16, 132096], false],
    [['performance', 5, 16384], false],
  ])('%j is %s', (size, valid) => {
    expect(isValidSize(...size)).toBe(valid);
  });

  it('are per CPU', () => {
    expect(memoryLimits('shared', 4)).toEqual({ minimum: 1024, maximum: 8192, step: 256 });
    expect(memoryLimits('performance', 4)).toEqual({ minimum: 8192, maximum: 32768, step: 1024 });
  });

  it('name the nearest possibility', () => {
    expect(nearestMemory('shared', 1, 4096)).toEqual([2048]);
    expect(nearestMemory('shared', 2, 700)).toEqual([512, 768]);
    expect(nearestMemory('performance', 2, 2048)).toEqual([4096]);
    expect(cpusForMemory('shared', 1, 4096)).toBe(2);
    expect(cpusForMemory('performance', 2, 2048)).toBe(1);
    expect(cpusForMemory('shared', 2, 65536)).toBeUndefined();
  });
});

describe('what the config leaves open', () => {
  it.each<[SpecDraft, string]>([
    [{}, 'shared-cpu-2x 2 GB'],
    [{ cpus: 1 }, 'shared-cpu-1x 2 GB'],
    [{ cpus: 8 }, 'shared-cpu-8x 2 GB'],
    [{ memoryMb: 256 }, 'shared-cpu-1x 256 MB'],
    [{ memoryMb: 4096 }, 'shared-cpu-2x 4 GB'],
    [{ memoryMb: 8192 }, 'shared-cpu-4x 8 GB'],
    [{ memoryMb: 16384 }, 'shared-cpu-8x 16 GB'],
    [{ fly: { cpuKind: 'performance' } }, 'performance-2x 4 GB'],
    [{ fly: { cpuKind: 'performance' }, cpus: 16 }, 'performance-16x 32 GB'],
    [{ fly: { cpuKind: 'performance' }, memoryMb: 2048 }, 'performance-1x 2 GB'],
    [{ memoryMb: 4096, cpus: 2, gpu: {} }, 'a100-pcie-40gb 32 GB'],
    [{ gpu: { tier: 'gpu-medium' } }, 'a100-pcie-40gb 64 GB'],
    [{ gpu: { tier: 'gpu-large' } }, 'l40s 64 GB'],
    [{ gpu: { tier: 'gpu-xlarge' } }, 'a100-sxm4-80gb 128 GB'],
  ])('%j is %s', (draft, expected) => {
    const guest = resolveGuest(spec(draft).resources, optionsOf(spec(draft)).cpuKind);
    expect(guestText(guest)).toBe(expected);
    expect(fromWireGuest(toWireGuest(guest))).toEqual(guest);
  });

  it('an unreadable live guest is unknown', () => {
    expect(fromWireGuest(undefined)).toBeNull();
    expect(fromWireGuest({ cpu_kind: 'shared' })).toBeNull();
  });
});
