import type { FlySpec } from '../../model.js';
import { optionsOf } from '../desired/options.js';
import { gpuTierName, gpuTiers, gpuWithdrawnMessage, type GpuTierName } from '../hardware/gpu.js';
import {
  cpuCounts,
  cpusForMemory,
  isValidSize,
  memoryLimits,
  nearestCpuCounts,
  nearestMemory,
  resolveGuest,
  type CpuKind,
} from '../hardware/guest.js';
import { alternatives, memoryText } from '../words.js';
import type { Finding } from './finding.js';

/** CPUs and memory against Fly's limits, or a GPU tier against what it stands for. */
export function hardwareFindings(spec: FlySpec): Finding[] {
  return spec.resources.gpu === null ? guestFindings(spec) : gpuFindings(spec);
}

function guestFindings(spec: FlySpec): Finding[] {
  const { cpuKind, cpus, memoryMb } = resolveGuest(spec.resources, optionsOf(spec).cpuKind);
  if (isValidSize(cpuKind, cpus, memoryMb)) return [];
  if (!cpuCounts(cpuKind).includes(cpus)) {
    const nearest = nearestCpuCounts(cpuKind, cpus);
    const wrongCpus: Finding = {
      severity: 'error',
      code: 'FLY_GUEST_CPUS',
      paths: ['deployment.resources.cpus'],
      message: `${cpuKind} machines have ${alternatives(cpuCounts(cpuKind))} CPUs, not ${cpus}.`,
      hint: `Use ${alternatives(nearest)}.`,
    };
    // A memory that no CPU count nearby allows is worth a word now, not only after the next try.
    const { memoryMb: asked } = spec.resources;
    const hopeless = asked !== null && nearest.every((count) => !isValidSize(cpuKind, count, asked));
    return hopeless ? [wrongCpus, memoryFinding(cpuKind, nearest.at(-1) as number, asked)] : [wrongCpus];
  }
  return [memoryFinding(cpuKind, cpus, memoryMb)];
}

function memoryFinding(cpuKind: CpuKind, cpus: number, memoryMb: number): Finding {
  const { minimum, maximum, step } = memoryLimits(cpuKind, cpus);
  const byMemory = alternatives(nearestMemory(cpuKind, cpus, memoryMb).map((mb) => memoryText(mb).replace(' ', '')));
  const byCpus = cpusForMemory(cpuKind, cpus, memoryMb);
  const otherKind = cpuKind === 'shared' ? 'performance' : 'shared';
  const byKind = byCpus === undefined && isValidSize(otherKind, cpus, memoryMb) ? otherKind : undefined;
  return {
    severity: 'error',
    code: 'FLY_GUEST_MEMORY',
    paths: ['deployment.resources.memory'],
    message:
      `${cpuKind} with ${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'} allows ${minimum}–${maximum} MB of memory ` +
      `in steps of ${step} MB, not ${memoryMb} MB.`,
    hint:
      `Use memory: ${byMemory}` +
      `${byCpus === undefined ? '' : `, or cpus: ${byCpus}`}${byKind === undefined ? '' : `, or cpuKind: ${byKind}`}.`,
  };
}

function gpuFindings(spec: FlySpec): Finding[] {
  const { gpu, cpus, memoryMb } = spec.resources;
  if (gpu === null) return [];
  const name = gpuTierName(gpu);
  const tier = gpuTiers[name];
  const at = (key: string): string[] => [`deployment.gpu.${key}`, `deployment.resources.gpu.${key}`];
  const findings: Finding[] = [
    {
      severity: 'warning',
      code: 'FLY_GPU_WITHDRAWN',
      paths: [...at('tier'), ...at('enabled'), 'deployment.gpu', 'deployment.resources.gpu'],
      message: gpuWithdrawnMessage(gpu),
      hint: 'Take the gpu block out, or use a provider that has GPUs.',
    },
  ];
  if (gpu.type !== 'nvidia') {
    findings.push({
      severity: 'error',
      code: 'FLY_GPU_TYPE',
      paths: at('type'),
      message: `Fly never had ${gpu.type} GPUs; the tiers are NVIDIA cards.`,
      hint: 'Use type: nvidia, or leave it out.',
    });
  }
  if (gpu.count !== 1) {
    findings.push({
      severity: 'error',
      code: 'FLY_GPU_COUNT',
      paths: at('count'),
      message: `A Fly machine of tier ${name} has one GPU, not ${gpu.count}.`,
      hint: 'Use count: 1, or leave it out.',
    });
  }
  if (gpu.memoryMb !== null && gpu.memoryMb > tier.videoMemoryMb) {
    findings.push({
      severity: 'error',
      code: 'FLY_GPU_MEMORY',
      paths: at('memory'),
      message: `Tier ${name} (${tier.title}) has ${memoryText(tier.videoMemoryMb)} of GPU memory, not ${memoryText(gpu.memoryMb)}.`,
      hint: tierHint(gpu.memoryMb),
    });
  }
  if ((cpus !== null && cpus !== tier.cpus) || (memoryMb !== null && memoryMb !== tier.memoryMb)) {
    findings.push({
      severity: 'warning',
      code: 'FLY_GPU_SIZE',
      paths: ['deployment.resources.cpus', 'deployment.resources.memory'],
      message: `Tier ${name} brings ${tier.cpus} CPUs and ${memoryText(tier.memoryMb)}; cpus and memory of the config do not count beside it.`,
    });
  }
  return findings;
}

function tierHint(videoMemoryMb: number): string {
  const enough = (Object.keys(gpuTiers) as GpuTierName[]).find((name) => gpuTiers[name].videoMemoryMb >= videoMemoryMb);
  return enough === undefined ? 'No tier has that much.' : `Tier ${enough} has enough.`;
}
