import type { JsonObject, ResourceSpec } from '@sindri/core';
import { gpuTierName, gpuTiers } from './gpu.js';
import { memoryText } from '../words.js';

export type CpuKind = 'shared' | 'performance';

/** The virtual hardware of a machine. */
export interface Guest {
  cpuKind: CpuKind;
  cpus: number;
  memoryMb: number;
  gpu: { kind: string; count: number } | null;
}

/** What one CPU of a kind allows, in MB. Fly's client and validator agree on these; docs mention a step of 2048 for performance. */
interface CpuRule {
  /** The presets. Fly's validator also lists 32, 64 and 128 performance CPUs, which no preset and no price names. */
  cpus: readonly number[];
  minimumPerCpu: number;
  maximumPerCpu: number;
  step: number;
}

const rules: Readonly<Record<CpuKind, CpuRule>> = {
  shared: { cpus: [1, 2, 4, 6, 8], minimumPerCpu: 256, maximumPerCpu: 2048, step: 256 },
  performance: {
    cpus: [1, 2, 4, 6, 8, 10, 12, 14, 16],
    minimumPerCpu: 2048,
    maximumPerCpu: 8192,
    step: 1024,
  },
};

/** Used for what the config does not say, as far as the rest of it allows. */
const defaults = { cpus: 2, memoryMb: 2048 };

/** The CPU counts that exist for a kind. */
export function cpuCounts(kind: CpuKind): readonly number[] {
  return rules[kind].cpus;
}

/** The memory that so many CPUs of a kind allow, in MB. */
export function memoryLimits(kind: CpuKind, cpus: number): { minimum: number; maximum: number; step: number } {
  const { minimumPerCpu, maximumPerCpu, step } = rules[kind];
  return { minimum: minimumPerCpu * cpus, maximum: maximumPerCpu * cpus, step };
}

/** Whether Fly has a machine of this kind and size. */
export function isValidSize(kind: CpuKind, cpus: number, memoryMb: number): boolean {
  const { minimum, maximum, step } = memoryLimits(kind, cpus);
  return rules[kind].cpus.includes(cpus) && memoryMb >= minimum && memoryMb <= maximum && memoryMb % step === 0;
}

/**
 * The hardware that a config asks for. What it leaves open: 2 CPUs, or the count nearest to 2 that can have the memory; 2 GB, or
 * the amount nearest to it that the CPUs allow. With a GPU the tier decides everything.
 */
export function resolveGuest({ memoryMb: memory, cpus: count, gpu }: ResourceSpec, cpuKind: CpuKind): Guest {
  if (gpu !== null) {
    const tier = gpuTiers[gpuTierName(gpu)];
    return {
      cpuKind: 'performance',
      cpus: tier.cpus,
      memoryMb: tier.memoryMb,
      gpu: { kind: tier.kind, count: gpu.count },
    };
  }
  const cpus = count ?? defaultCpus(cpuKind, memory);
  const { minimum, maximum } = memoryLimits(cpuKind, cpus);
  return { cpuKind, cpus, memoryMb: memory ?? Math.min(Math.max(defaults.memoryMb, minimum), maximum), gpu: null };
}

function defaultCpus(kind: CpuKind, memoryMb: number | null): number {
  if (memoryMb === null) return defaults.cpus;
  const fitting = rules[kind].cpus.filter((cpus) => isValidSize(kind, cpus, memoryMb));
  const distance = (cpus: number): number => Math.abs(cpus - defaults.cpus);
  return fitting.sort((a, b) => distance(a) - distance(b) || a - b)[0] ?? defaults.cpus;
}

/** The one or two CPU counts next to an impossible one. */
export function nearestCpuCounts(kind: CpuKind, cpus: number): number[] {
  const counts = rules[kind].cpus;
  const below = counts.filter((count) => count < cpus).at(-1);
  const above = counts.find((count) => count > cpus);
  return [below, above].filter((count) => count !== undefined);
}

/** The one or two amounts of memory next to one that these CPUs do not allow, in MB. */
export function nearestMemory(kind: CpuKind, cpus: number, memoryMb: number): number[] {
  const { minimum, maximum, step } = memoryLimits(kind, cpus);
  if (memoryMb <= minimum) return [minimum];
  if (memoryMb >= maximum) return [maximum];
  const below = Math.floor(memoryMb / step) * step;
  return [below, below + step];
}

/** The CPU count nearest to `cpus` with which a machine of this kind can have the memory, `undefined` when none can. */
export function cpusForMemory(kind: CpuKind, cpus: number, memoryMb: number): number | undefined {
  const fitting = rules[kind].cpus.filter((count) => isValidSize(kind, count, memoryMb));
  return fitting.sort((a, b) => Math.abs(a - cpus) - Math.abs(b - cpus) || a - b)[0];
}

/** Fly's own name for a size: `shared-cpu-2x`, `performance-8x`, `a100-pcie-40gb`. */
export function guestName(guest: Guest): string {
  if (guest.gpu !== null) return guest.gpu.kind;
  return guest.cpuKind === 'shared' ? `shared-cpu-${guest.cpus}x` : `performance-${guest.cpus}x`;
}

/** For people: `shared-cpu-2x 4 GB`. */
export function guestText(guest: Guest): string {
  return `${guestName(guest)} ${memoryText(guest.memoryMb)}`;
}

/** The `guest` of a machine config. */
export function toWireGuest(guest: Guest): JsonObject {
  return {
    cpu_kind: guest.cpuKind,
    cpus: guest.cpus,
    memory_mb: guest.memoryMb,
    ...(guest.gpu === null ? {} : { gpu_kind: guest.gpu.kind, gpus: guest.gpu.count }),
  };
}

/** The hardware of a live machine config, `null` when the config does not tell. */
export function fromWireGuest(wire: unknown): Guest | null {
  if (typeof wire !== 'object' || wire === null) return null;
  const { cpu_kind, cpus, memory_mb, gpu_kind, gpus } = wire as Record<string, unknown>;
  if (typeof cpus !== 'number' || typeof memory_mb !== 'number') return null;
  return {
    cpuKind: cpu_kind === 'performance' ? 'performance' : 'shared',
    cpus,
    memoryMb: memory_mb,
    gpu:
      typeof gpu_kind === 'string' && gpu_kind !== ''
        ? { kind: gpu_kind, count: typeof gpus === 'number' ? gpus : 1 }
        : null,
  };
}
