import type { JsonMap } from '../observed/json-maps.js';
import { integerAt, invalidToml, megabytesAt, refuseKey, textAt, type TomlTable } from './toml-values.js';

/** What the names that flyctl has for sizes stand for: `shared-cpu-2x`, `performance-4x`, `a100-80gb`. */
function preset(size: string): JsonMap {
  const [, kind, count] = /^(shared-cpu|performance)-(\d+)x$/.exec(size) ?? [];
  if (kind === 'shared-cpu') return { cpu_kind: 'shared', cpus: Number(count), memory_mb: 256 * Number(count) };
  if (kind === 'performance') return { cpu_kind: 'performance', cpus: Number(count), memory_mb: 2048 * Number(count) };
  const gpu = GPUS[size] ?? refuseKey('vm.size', 'a size of Fly such as "shared-cpu-2x"', size);
  return { cpu_kind: 'performance', cpus: 8, memory_mb: 32768, gpu_kind: gpu, gpus: 1 };
}

const GPUS: Readonly<Record<string, string>> = {
  a10: 'a10',
  l40s: 'l40s',
  'a100-40gb': 'a100-pcie-40gb',
  'a100-80gb': 'a100-sxm4-80gb',
};

/**
 * The `guest` of a machine config: the preset of `size` (without one the smallest, or what comes with a GPU), then `memory`, then every
 * field that is written out. `null` without `[[vm]]`: flyctl leaves the guest as it is.
 */
export function guestFrom(sections: readonly TomlTable[]): JsonMap | null {
  const [vm, another] = sections;
  if (vm === undefined) return null;
  if (another !== undefined) throw invalidToml('it has several sizes for one machine.', { key: 'vm' });
  const size = textAt(vm, 'size', 'vm.size') ?? (vm['gpu_kind'] === undefined ? 'shared-cpu-1x' : 'performance-8x');
  const memory = megabytesAt(vm, 'memory', 'vm.memory');
  const numbers = ['cpus', 'memory_mb', 'gpus'].flatMap((key) => {
    const number = integerAt(vm, key, `vm.${key}`);
    return number === undefined ? [] : [[key, number] as const];
  });
  const { size: _size, memory: _memory, processes: _processes, ...rest } = vm;
  return {
    ...preset(size),
    ...(memory === undefined ? {} : { memory_mb: memory }),
    ...(rest as JsonMap),
    ...Object.fromEntries(numbers),
  };
}
