import { isSindriError, type Diagnosis, type Finding, type FixStep, type OperationContext } from '@sindri/core';
import type { Engine, OpenEngine } from './client.js';
import { OUT_OF_MEMORY, type ContainerFacts } from './containers.js';
import { stateOf } from './container-state.js';
import { lastLines } from './logs.js';
import { readMemory } from './memory.js';
import { runProcess } from './process.js';
import type { ContainerRecipe } from './recipe.js';

const FULL = 0.95;
const NEARLY_FULL = 0.9;
const MB = 1024 ** 2;

/** What of a container is looked at. */
export interface DiagnosedContainer extends Pick<ContainerFacts, 'id' | 'status' | 'started' | 'exitCode' | 'trouble'> {
  /** What it was made from, as far as that is known. */
  settings?: Pick<ContainerRecipe, 'memoryMb'> | null;
}

/** Looks at an engine with `look`. That none answers is a finding, too. */
export async function diagnoseEngine(
  open: OpenEngine,
  context: OperationContext,
  look: (engine: Engine) => Promise<Diagnosis>,
): Promise<Diagnosis> {
  try {
    return await look(await open(context));
  } catch (error) {
    const isAway = isSindriError(error) && ['DOCKER_UNREACHABLE', 'DOCKER_PERMISSION'].includes(error.code);
    if (!isAway || context.signal.aborted) throw error;
    const { message, hint = 'Start Docker.' } = error;
    const finding: Finding = {
      id: 'docker-engine-away',
      severity: 'problem',
      title: 'The Docker Engine cannot be used',
      cause: 'Everything of the environment is on an engine, and this one does not answer, or not to you.',
      evidence: [message],
      fix: [step(hint)],
    };
    return { findings: [finding], unknown: [] };
  }
}

/**
 * What is wrong with a container whose volume is at `home`, the worst first. Wakes nothing: inside of one that sleeps nothing is looked at.
 */
export async function diagnoseContainer(
  engine: Engine,
  container: DiagnosedContainer,
  home: string,
  context: OperationContext,
): Promise<Diagnosis> {
  const isRunning = container.status === 'running';
  const [wrote, memory, disk] = await Promise.all([
    stateOf(container) === 'failed' ? lastLines(engine, container.id) : '',
    readMemory(engine, container),
    isRunning ? readDisk(engine, container.id, home, context).catch(() => null) : null,
  ]);
  context.signal.throwIfAborted();
  const findings = [
    ended(container, wrote.trim()),
    memoryFinding(container, memory === null ? 0 : memory.usedBytes / memory.totalBytes),
    disk && diskFinding(home, disk),
  ].filter((finding) => finding !== null);
  const isUnknown = isRunning && disk === null;
  return { findings, unknown: isUnknown ? ['How full the disk is could not be asked inside: it has no `df`.'] : [] };
}

function ended(container: DiagnosedContainer, wrote: string): Finding | null {
  if (stateOf(container) !== 'failed' || container.trouble === OUT_OF_MEMORY) return null;
  const { status, exitCode, trouble } = container;
  const isLoop = status === 'restarting';
  return {
    id: isLoop ? 'docker-crash-loop' : 'failed',
    severity: 'problem',
    title: isLoop ? 'It ends again and again' : 'It does not run',
    cause: isLoop
      ? 'Its main process ends by itself, and the engine starts it anew each time.'
      : 'Its main process has ended by itself, or could not be started.',
    evidence: [trouble === '' ? `It ended with ${exitCode}.` : trouble, ...(wrote === '' ? [] : [wrote])],
    fix: [
      step('See all that it wrote.', 'sindri logs'),
      step('Mend the config or the image, then deploy.', 'sindri deploy'),
    ],
  };
}

function memoryFinding({ status, trouble, settings }: DiagnosedContainer, share: number): Finding | null {
  const { memoryMb = null } = settings ?? {};
  const wasKilled = trouble === OUT_OF_MEMORY;
  if (!wasKilled && (memoryMb === null || share < FULL)) return null;
  const limit = memoryMb === null ? 'memory of the engine' : `${memoryMb} MB`;
  const more = `${(memoryMb ?? 1024) * 2}MB`;
  return {
    id: 'out-of-memory',
    severity: status === 'running' ? 'warning' : 'problem',
    title: wasKilled ? 'It ran out of memory' : 'Its memory is nearly full',
    cause: `What runs in it needs more than the ${limit} that it has${wasKilled ? ', and was killed for it' : ''}.`,
    evidence: [wasKilled ? 'The kernel has killed a process of it.' : `${Math.round(share * 100)} % are used.`],
    fix: [step('Give it twice as much: this sets it in sindri.yaml and deploys.', `sindri scale memory ${more}`)],
  };
}

interface Disk {
  usedBytes: number;
  totalBytes: number;
}

function diskFinding(home: string, { usedBytes, totalBytes }: Disk): Finding | null {
  const share = usedBytes / totalBytes;
  if (share < NEARLY_FULL) return null;
  const isFull = share >= FULL;
  return {
    id: 'volume-full',
    severity: isFull ? 'problem' : 'warning',
    title: isFull ? "The engine's disk is full" : "The engine's disk is nearly full",
    cause: 'A Docker volume has no size of its own: it shares the disk with everything else that the engine keeps.',
    evidence: [`${home}: ${Math.round(usedBytes / MB)} of ${Math.round(totalBytes / MB)} MB are used`],
    fix: [
      step('See what takes the room inside.', 'sindri exec -- du -xhd1'),
      step('Or let the engine remove images and containers that nobody uses.', 'docker system prune'),
    ],
  };
}

/** Of the file system that holds a path inside; `null` where there is no `df`. */
async function readDisk(engine: Engine, id: string, home: string, context: OperationContext): Promise<Disk | null> {
  const { exitCode, stdout } = await runProcess(engine, context, id, {
    command: ['df', '-Pk', home],
    timeoutMs: 10_000,
  });
  const [, total = '0', used = '0'] = stdout.trim().split('\n').at(-1)?.split(/\s+/) ?? [];
  const [totalBytes, usedBytes] = [Number(total) * 1024, Number(used) * 1024];
  return exitCode === 0 && totalBytes > 0 ? { totalBytes, usedBytes } : null;
}

function step(text: string, command: string | null = null): FixStep {
  return { text, command };
}
