import { isSindriError, type OperationContext } from '@sindri/core';
import {
  installationScript,
  newInstallerLines,
  readInstallation,
  type InstallationProgress,
} from '@sindri/image-contract';
import type { FlyApi } from '../api/client.js';
import { createPhases } from '../phase.js';
import { holdTiming } from './timing.js';

/** How far the installation inside a machine is, by one `exec`. */
export async function lookAtInstallation(api: FlyApi, app: string, machine: string): Promise<InstallationProgress> {
  const command = ['sh', '-c', installationScript];
  const { stdout } = await api.machines.exec(app, machine, { command, timeoutSeconds: holdTiming.execSeconds });
  return readInstallation(stdout);
}

/**
 * Resolves once the installation is over, telling what the installer writes meanwhile. A machine that cannot be asked for a moment, as
 * during a restart, is asked again: whether it is lost is somebody else's to say.
 */
export async function watchInstallation(
  look: () => Promise<InstallationProgress>,
  { emit, clock, signal }: Pick<OperationContext, 'emit' | 'clock' | 'signal'>,
): Promise<void> {
  const startedAt = clock.now();
  const phases = createPhases({ emit, clock });
  let isBegun = false;
  let told: readonly string[] = [];
  for (;;) {
    const seen = await look().catch((error: unknown) => {
      signal.throwIfAborted();
      if (!isSindriError(error) || error.kind === 'auth' || error.kind === 'cancelled') throw error;
      return null;
    });
    for (const message of newInstallerLines(told, seen?.lines ?? told)) {
      emit({ type: 'log.line', source: 'installer', message });
    }
    told = seen?.lines ?? told;
    if (seen?.state === 'installed') return phases.end(true);
    if (seen?.state === 'absent' && clock.now() - startedAt >= holdTiming.installerShowsMs) {
      const message = 'The image shows no sign of an installation of extensions: there is nothing to wait for.';
      emit({ type: 'notice', level: 'warning', code: 'FLY_NO_INSTALLER', message });
      return phases.end(false);
    }
    if (!isBegun) phases.begin('install', 'Wait until the extensions are installed');
    isBegun = true;
    await clock.sleep(holdTiming.installerMs, signal);
  }
}
