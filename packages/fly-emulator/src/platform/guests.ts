import { badRequest, unprocessable } from '../api-error.js';
import type { JsonObject } from '../json.js';
import type { GuestConfig } from '../records.js';

interface CpuKind {
  cpus: readonly number[];
  /** Memory per CPU, in MB. */
  minimum: number;
  maximum: number;
  step: number;
}

const KINDS: Record<string, CpuKind> = {
  shared: { cpus: [1, 2, 4, 6, 8], minimum: 256, maximum: 2048, step: 256 },
  performance: {
    cpus: [1, 2, 4, 6, 8, 10, 12, 14, 16, 32, 64, 128],
    minimum: 2048,
    maximum: 8192,
    step: 1024,
  },
};

const GPU_PRESETS = ['a100-40gb', 'a100-80gb', 'l40s', 'a10'];

/** The guest a config asks for, by `guest` or by the name of a preset, with what is missing filled in. */
export function resolveGuest(guest: JsonObject | undefined, size: string | undefined): GuestConfig {
  if (size !== undefined && GPU_PRESETS.includes(size)) throw gpusAreGone();
  const preset = presetGuest(size ?? 'shared-cpu-1x');
  if (!guest) return preset;
  // Named members win over the preset. Which words Fly has for a guest without a kind is not known (unsure).
  if (guest.cpu_kind === undefined && size === undefined) throw badRequest('invalid config.guest.cpu_kind');
  const kind = guest.cpu_kind === undefined ? preset.cpu_kind : String(guest.cpu_kind);
  const cpus = guest.cpus === undefined ? preset.cpus : Number(guest.cpus);
  const minimum = (Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined)?.minimum ?? 0;
  const memory = guest.memory_mb === undefined ? minimum * cpus : Number(guest.memory_mb);
  return { ...guest, cpu_kind: kind, cpus, memory_mb: memory };
}

/** Throws when no host of Fly could be asked for this guest. The words for too much and too little memory were recorded. */
export function checkGuest(guest: GuestConfig): void {
  if (guest.gpu_kind !== undefined || Number(guest.gpus ?? 0) > 0) throw gpusAreGone();
  const kind = Object.hasOwn(KINDS, guest.cpu_kind) ? KINDS[guest.cpu_kind] : undefined;
  if (!kind) throw badRequest(`invalid_argument: invalid config.guest.cpu_kind "${guest.cpu_kind}"`);
  if (!kind.cpus.includes(guest.cpus)) {
    throw badRequest(
      `invalid_argument: invalid config.guest.cpus ${guest.cpus}, must be one of ${kind.cpus.join(', ')} for ${guest.cpu_kind}`,
    );
  }
  const minimum = kind.minimum * guest.cpus;
  const maximum = kind.maximum * guest.cpus;
  if (guest.memory_mb < minimum) {
    throw badRequest(`invalid config.guest.memory_mb, minimum required ${minimum} MiB`);
  }
  if (guest.memory_mb > maximum) {
    throw badRequest(`invalid config.guest.memory_mb, cannot exceed ${maximum} MiB`);
  }
  if (guest.memory_mb % kind.step !== 0) {
    throw badRequest(`invalid config.guest.memory_mb, must be a multiple of ${kind.step} MiB`);
  }
}

function presetGuest(size: string): GuestConfig {
  const match = /^(shared-cpu|performance)-(\d+)x$/.exec(size);
  const kindName = match?.[1] === 'performance' ? 'performance' : 'shared';
  const cpus = Number(match?.[2]);
  const kind = KINDS[kindName];
  if (!match || !kind?.cpus.includes(cpus)) throw badRequest(`invalid_argument: unknown machine size "${size}"`);
  return { cpu_kind: kindName, cpus, memory_mb: kind.minimum * cpus };
}

/** GPUs were withdrawn on 1 August 2026. What the API answers since then is not known (unsure). */
const gpusAreGone = () => unprocessable('could not find a candidate host', 'insufficient_capacity');
