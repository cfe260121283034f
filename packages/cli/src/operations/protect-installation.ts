import { isSindriError, type Environment, type HoldEnd } from '@sindri/core';
import type { Shell } from '../shell.js';
import { installationNote, LONGEST_INSTALLATION_MS } from './left-installation.js';

/** What became of the installation of extensions after a deploy. */
export interface Installation {
  /** `detached`: a guard inside keeps the environment awake. `unprotected`: nothing does, and `reason` says why. */
  status: Exclude<HoldEnd, 'released'> | 'unprotected';
  reason?: string;
  elapsedMs: number;
}

/**
 * Keeps the environment awake until its extensions are installed, or leaves a guard inside. What is deployed is deployed: when this
 * cannot be done that is told, and no failure. Rejects only when the person no longer wants to wait.
 */
export async function protectInstallation(
  environment: Environment,
  shell: Shell,
  detach: boolean,
): Promise<Installation | null> {
  const { provider, spec } = environment;
  if (!provider.capabilities.includes('hold')) return null;
  const { autoInstall, profile, active } = spec.extensions;
  if (!autoInstall || (profile === null && active.length === 0)) return null;
  const startedAt = shell.now();
  const request = {
    durationMs: LONGEST_INSTALLATION_MS,
    reason: 'installing extensions',
    untilInstalled: true,
    detach,
  };
  const note = installationNote(environment);
  // A guard inside goes on by itself.
  if (!detach) await note.write(startedAt);
  try {
    const hold = await environment.hold(request);
    if (hold.by.length > 0 && !detach) {
      shell.say(
        () =>
          `Extensions are being installed; ${spec.name} is kept awake until then, by ${hold.by.join(' and ')}. ` +
          'Ctrl-C ends the wait, not the installation.\n',
      );
    }
    const ended = await hold.ended;
    if (ended === 'installed') await note.delete();
    if (ended === 'installed' && hold.by.length === 0) return null;
    return { status: ended === 'released' ? 'interrupted' : ended, elapsedMs: shell.now() - startedAt };
  } catch (error) {
    if (shell.signal.aborted || !isSindriError(error)) throw error;
    const message = `Nothing protects the installation of extensions: ${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}`;
    shell.emit({ type: 'notice', level: 'warning', code: 'INSTALLATION_UNPROTECTED', message });
    return { status: 'unprotected', reason: error.message, elapsedMs: shell.now() - startedAt };
  }
}
