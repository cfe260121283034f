import { gitTokenFor, type SindriError } from '@sindri/core';
import { logTokenSince } from '../api/logs.js';
import type { WireMachine } from '../api/types.js';
import { flyError } from '../fly-error.js';
import { registryAddress } from '../images.js';
import { timing } from '../machine/timing.js';
import { metadataKeys, resourceIds } from '../model.js';
import { metadataOf } from '../api/machines.js';
import { builderSize, buildVolumeName, toMachineData, toWireGuest } from '../planner/index.js';
import { removeBuild } from './build-clean.js';
import { builderConfig } from './builder-config.js';
import { createOnce } from './create-once.js';
import { applied, skipped, type Applied } from './results.js';
import type { Apply, ApplyWork, PayloadOf } from './work.js';

type Build = PayloadOf<'image.build'>;

/** The tokens of a builder outlive the build a little. */
const TOKEN_HOURS = 2;
const KEPT_LINES = 200;
const SHOWN_LINES = 15;

/**
 * Builds an image from source on a machine of its own, tells its log, and returns once the registry shows the image. Whatever happens,
 * machine and volume are deleted; those of a run that was killed by the next run. Two who build the same at once share one builder, for
 * its name is unique. Throws `FLY_BUILD_FAILED` with the last lines of the log, and `FLY_BUILD_ENDED` when nobody knows how it ended.
 */
export const applyImageBuild: Apply<'image.build'> = async (work, build) => {
  const before = await findDigest(work, build, 0);
  if (before !== null) return finished(build, before, false);
  const remains = { machines: [] as string[], volumes: [] as string[] };
  let removes = true;
  try {
    const machine = await startBuilder(work, build, remains);
    // Somebody else may be waiting for another's: it is deleted when it has ended, and not with this run.
    removes = isOfThisRun(work, machine);
    const ended = await watch(work, machine);
    removes = true;
    const digest = await findDigest(work, build, ended.exitCode === 0 ? timing.pushedMs : 0);
    if (digest !== null) return finished(build, digest, true);
    throw ended.exitCode === null ? endedUnseen(build) : failed(build, ended.exitCode, ended.lines);
  } finally {
    // What is left is told; what went wrong before, or the image, is what this run is about.
    if (removes) await removeBuild(work, remains).catch(() => undefined);
  }
};

function finished({ reference }: Build, digest: string, made: boolean): Applied {
  const name = reference.slice(reference.lastIndexOf(':') + 1);
  const left = { reference, digest };
  return {
    ...(made ? applied('image.build', left) : skipped('image.build', 'it is in the registry already', left)),
    seen: [
      {
        id: resourceIds.image(name),
        type: 'image',
        name,
        status: 'present',
        owned: true,
        data: { kind: 'image', digest },
      },
    ],
  };
}

/** The builder of this image: a new one, or that of a run before or beside this one. Notes in `remains` what there is to delete. */
async function startBuilder(
  work: ApplyWork,
  build: Build,
  remains: { machines: string[]; volumes: string[] },
): Promise<WireMachine> {
  const { api, context, names } = work;
  const running = await findBuilder(work, build);
  if (running !== null) return noted(running, remains);
  const volume = await createOnce(work, {
    what: 'create a volume for the build',
    create: () =>
      api.volumes.create(names.app, {
        name: buildVolumeName,
        region: build.region,
        sizeGb: builderSize.volumeGb,
        snapshotRetention: 1,
        compute: toWireGuest(builderSize.guest),
        computeImage: '',
      }),
    find: async () =>
      (await api.volumes.list(names.app)).find(
        (one) => one.name === buildVolumeName && one.state === 'created' && !one.attached_machine_id,
      ) ?? null,
    unique: false,
  });
  remains.volumes.push(volume.value.id);
  const registry = await api.apps.createDeployToken(names.app, { hours: TOKEN_HOURS });
  context.hide(registry);
  const git = build.isPrivate ? gitTokenFor(build.repository, context.env) : null;
  const config = builderConfig(
    build,
    { registry, git },
    { app: names.app, volumeId: volume.value.id, launchId: context.launchId },
  );
  const { value } = await createOnce(work, {
    what: `create machine ${build.builder}`,
    create: () =>
      api.machines.create(names.app, {
        name: build.builder,
        region: build.region,
        config,
        minSecretsVersion: null,
        // What the environment is given is no business of a Dockerfile.
        skipSecrets: true,
      }),
    find: () => findBuilder(work, build),
    conflicts: ['FLY_MACHINE_NAME_TAKEN'],
    unique: true,
  });
  if (!isOfThisRun(work, value)) {
    // Somebody else was faster, and that machine has a volume of its own.
    await removeBuild(work, { machines: [], volumes: remains.volumes.splice(0) });
  }
  return noted(value, remains);
}

function isOfThisRun({ context }: ApplyWork, machine: WireMachine): boolean {
  return metadataOf(machine)[metadataKeys.launchId] === context.launchId;
}

function noted(machine: WireMachine, remains: { machines: string[]; volumes: string[] }): WireMachine {
  remains.machines.push(machine.id);
  for (const { volume } of machine.config?.mounts ?? []) {
    if (volume !== undefined && volume !== '' && !remains.volumes.includes(volume)) remains.volumes.push(volume);
  }
  return machine;
}

async function findBuilder({ api, names }: ApplyWork, { builder }: Build): Promise<WireMachine | null> {
  const machines = await api.machines.list(names.app, { includeBuilders: true });
  return (
    machines.find(({ name, state }) => name === builder && state !== 'destroyed' && state !== 'destroying') ?? null
  );
}

interface Ended {
  /** `null` = it went away without having told. */
  exitCode: number | null;
  lines: string[];
}

/** Follows a builder to its end, and tells every line. */
async function watch(work: ApplyWork, machine: WireMachine): Promise<Ended> {
  const { api, context, names } = work;
  const { clock, signal } = context;
  const lines: string[] = [];
  const readLog = logReader(work, machine, lines);
  const deadline = clock.now() + (builderSize.limitSeconds + 60) * 1_000;
  for (let pauseMs: number = timing.buildPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, timing.longestBuildPauseMs)) {
    await readLog();
    const now = await api.machines.get(names.app, machine.id);
    const exit = now === null ? undefined : toMachineData(now).events.find(({ type }) => type === 'exit')?.exit;
    const isGone = now === null || now.state === 'destroyed' || now.state === 'failed';
    if (exit !== undefined || isGone || clock.now() >= deadline) {
      await readLog();
      return { exitCode: exit?.code ?? null, lines };
    }
    await clock.sleep(pauseMs, signal);
  }
}

/** Tells what is new in the log of the builder. A log that cannot be read now is read the next time. */
function logReader(work: ApplyWork, { id, created_at: createdAt }: WireMachine, lines: string[]): () => Promise<void> {
  const { api, context, names, machineWork } = work;
  // By Fly's clock: this computer's may be another.
  let token = logTokenSince(Date.parse(createdAt ?? '') || 0);
  return async () => {
    try {
      const page = await api.logs.page(names.app, { token, instance: id });
      if (page.nextToken !== '') token = page.nextToken;
      for (const { source, message, timestamp, instance } of page.lines) {
        if (instance !== '' && instance !== id) continue;
        lines.push(message);
        context.emit({
          type: 'log.line',
          source: `build ${source}`,
          message,
          ...(timestamp === '' ? {} : { timestamp }),
        });
      }
      lines.splice(0, Math.max(0, lines.length - KEPT_LINES));
      const last = page.lines.at(-1)?.message;
      if (last !== undefined) machineWork.progress(last);
    } catch {
      context.signal.throwIfAborted();
    }
  };
}

async function findDigest(
  { context, names }: ApplyWork,
  { reference }: Build,
  patienceMs: number,
): Promise<string | null> {
  const { clock, signal, imageDigest, env } = context;
  if (imageDigest === undefined) throw new TypeError('a build needs a registry to be asked');
  const tag = reference.slice(reference.lastIndexOf(':') + 1);
  const until = clock.now() + patienceMs;
  for (;;) {
    const digest = await imageDigest(`${registryAddress(env)}/${names.app}:${tag}`);
    if (digest !== null || clock.now() >= until) return digest;
    await clock.sleep(timing.buildPauseMs, signal);
  }
}

function failed({ reference, repository, commit }: Build, exitCode: number, lines: readonly string[]): SindriError {
  const shown = lines.slice(-SHOWN_LINES);
  const isLimit = exitCode === 124 || exitCode === 143;
  return flyError({
    code: 'FLY_BUILD_FAILED',
    kind: 'refused',
    message:
      exitCode === 0
        ? `The build of ${reference} has ended, and the registry does not have the image.`
        : `The build of ${reference} failed with exit code ${exitCode}${isLimit ? `: it took longer than ${builderSize.limitSeconds / 60} minutes` : ''}.`,
    hint: [
      ...(shown.length === 0 ? ['It wrote no log lines.'] : ['Its last lines:', ...shown.map((line) => `  ${line}`)]),
      'Correct it in the repository and name that commit with `gitRef`, or name a published image. Run the command again for a fault that passes.',
    ].join('\n'),
    details: { reference, repository, commit, exitCode, lines: shown },
  });
}

function endedUnseen({ reference }: Build): SindriError {
  return flyError({
    code: 'FLY_BUILD_ENDED',
    kind: 'incomplete',
    retryable: true,
    message: `The machine that was building ${reference} is gone, and nobody knows how it ended.`,
    hint: 'Another deploy or destroy of this environment may have deleted it. Run the same command again.',
    details: { reference },
  });
}
