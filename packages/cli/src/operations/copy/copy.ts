import type { Environment } from '@sindri/core';
import type { Sftp } from '@sindri/ssh';
import { coreError } from '../../error.js';
import { core, ssh } from '../../lazy.js';
import type { Shell } from '../../shell.js';
import { plainText } from '../../terminal/outside-text.js';
import { openSshConnection } from '../ssh-connection.js';
import { explainLocal, explainUnwritable } from './local-failure.js';
import type { CopyPaths } from './paths.js';
import { localSide, remoteSide, type Side } from './side.js';
import { listCopy, type CopyList } from './walk.js';

export interface CopyRequest {
  paths: CopyPaths;
  /** Directories with everything in them. */
  recursive: boolean;
  local: boolean;
  /** Which of several instances; the provider chooses when absent. */
  instance?: string | undefined;
}

export interface CopyResult {
  schema: 'sindri.cp/1';
  environment: string;
  provider: string;
  direction: 'to' | 'from';
  files: number;
  directories: number;
  bytes: number;
  /** What was not copied: links inside of directories, devices, sockets. */
  skipped: string[];
}

/** Progress is told in steps of this size. */
const STEP_BYTES = 256 * 1024;

/** Copies files between this computer and the environment, by SFTP. A copy that was cut goes on where it ended. */
export async function copy(environment: Environment, shell: Shell, request: CopyRequest): Promise<CopyResult> {
  const { paths } = request;
  const toRemote = paths.target.remote;
  // What is wrong here is said before anything is woken.
  if (toRemote) await requireLocal(paths);
  const connection = await openSshConnection(environment, shell, request);
  try {
    const sftp = await connection.sftp();
    const remote = remoteSide(sftp);
    const sides: readonly [Side, Side] = toRemote ? [localSide, remote] : [remote, localSide];
    const list = await listCopy(paths, sides, request).catch(explainLocal);
    for (const { path, mode } of list.directories)
      await sides[1].makeDirectory(path, mode).catch(explainUnwritable(path));
    const bytes = await transfer(list, sftp, shell, toRemote);
    return {
      schema: 'sindri.cp/1',
      environment: environment.spec.name,
      provider: environment.provider.name,
      direction: toRemote ? 'to' : 'from',
      files: list.files.length,
      directories: list.directories.length,
      bytes,
      skipped: list.skipped,
    };
  } finally {
    connection.close();
  }
}

async function requireLocal({ sources }: CopyPaths): Promise<void> {
  for (const { path } of sources) {
    if ((await localSide.look(path).catch(explainLocal)) !== null) continue;
    throw coreError({ code: 'USAGE', kind: 'usage', message: `There is no ${plainText(path)} on this computer.` });
  }
}

/** One file after the other, each with many requests at once; the bar is that of all together. */
async function transfer(
  { files }: CopyList,
  sftp: Sftp,
  { emit, signal, now }: Shell,
  toRemote: boolean,
): Promise<number> {
  const { fetchFile, sendFile } = ssh();
  const total = files.reduce((sum, { entry }) => sum + entry.size, 0);
  const startedAt = now();
  const change = 'copy';
  const title = `Copy ${files.length === 1 ? plainText(files[0]?.from ?? '') : `${files.length} files`}`;
  let finished = 0;
  let told = -STEP_BYTES;
  emit({ type: 'change.started', change, title });
  try {
    for (const { from, to, entry } of files) {
      const onBytes = (bytes: number): void => {
        const done = finished + bytes;
        if (done - told < STEP_BYTES && done !== total) return;
        told = done;
        emit({ type: 'change.progress', change, message: '', progress: { done, total, unit: 'bytes' } });
      };
      if (toRemote) await sendFile(sftp, from, to, { signal, onBytes }).catch(explainLocal);
      else await fetchFile(sftp, from, to, entry, { signal, onBytes }).catch(explainUnwritable(to));
      finished += entry.size;
    }
    emit({ type: 'change.applied', change, elapsedMs: now() - startedAt });
    return total;
  } catch (error) {
    emit({ type: 'change.failed', change, error: core().toSindriError(error).toJSON() });
    throw error;
  }
}
