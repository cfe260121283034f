import type { GpuSpec } from '@sindri/core';

export type GpuTierName = NonNullable<GpuSpec['tier']>;

/** What a tier of the config is on Fly. */
export interface GpuTier {
  /** `guest.gpu_kind`. */
  kind: string;
  /** For people. */
  title: string;
  cpus: number;
  memoryMb: number;
  /** Memory of the GPU itself. */
  videoMemoryMb: number;
}

/** The day from which Fly serves no GPUs any more. */
export const gpuWithdrawnOn = '2026-08-01';

export const gpuTiers: Readonly<Record<GpuTierName, GpuTier>> = {
  'gpu-small': { kind: 'a100-pcie-40gb', title: 'A100 40GB', cpus: 8, memoryMb: 32768, videoMemoryMb: 40960 },
  'gpu-medium': { kind: 'a100-pcie-40gb', title: 'A100 40GB', cpus: 16, memoryMb: 65536, videoMemoryMb: 40960 },
  'gpu-large': { kind: 'l40s', title: 'L40S', cpus: 16, memoryMb: 65536, videoMemoryMb: 49152 },
  'gpu-xlarge': { kind: 'a100-sxm4-80gb', title: 'A100 80GB', cpus: 32, memoryMb: 131072, videoMemoryMb: 81920 },
};

/** The tier that a GPU request means; without a word the smallest, as it has always been. */
export function gpuTierName(gpu: GpuSpec): GpuTierName {
  return gpu.tier ?? 'gpu-small';
}

/** The dated truth about GPUs on Fly, for validation and plan alike. */
export function gpuWithdrawnMessage(gpu: GpuSpec): string {
  const tier = gpuTierName(gpu);
  return (
    `Fly.io withdrew GPUs on ${gpuWithdrawnOn}: expect the platform to refuse the machine with ` +
    `${gpuTiers[tier].title} that ${tier} stands for.`
  );
}
