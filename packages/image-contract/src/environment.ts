import type { EnvironmentSpec } from '@sindri/core';
import { developerUser, homePath, sshPort, workspacePath } from './home.js';

/**
 * Every variable that {@link imageEnvironment} may set. A provider that changes an existing environment compares and removes
 * these, and leaves all others to whoever has set them.
 */
export const imageVariables: ReadonlySet<string> = new Set([
  'HOME',
  'WORKSPACE',
  'DEV_USER',
  'SSH_PORT',
  'TZ',
  'INIT_WORKSPACE',
  'INSTALL_PROFILE',
  'CUSTOM_EXTENSIONS',
  'ADDITIONAL_EXTENSIONS',
  'SKIP_AUTO_INSTALL',
]);

/**
 * The environment variables with which a Sindri image makes of `spec` what its `extensions` and `workspace` ask for. Secrets
 * are not among them: they are variables of their own, `AUTHORIZED_KEYS` included.
 */
export function imageEnvironment(spec: Pick<EnvironmentSpec, 'extensions' | 'workspace'>): Record<string, string> {
  const { profile, active, additional, autoInstall } = spec.extensions;
  return {
    HOME: homePath,
    WORKSPACE: workspacePath(spec),
    DEV_USER: developerUser,
    SSH_PORT: String(sshPort),
    TZ: 'UTC',
    INIT_WORKSPACE: 'true',
    ...(profile === null ? {} : { INSTALL_PROFILE: profile }),
    ...(active.length === 0 ? {} : { CUSTOM_EXTENSIONS: active.join(',') }),
    ...(additional.length === 0 ? {} : { ADDITIONAL_EXTENSIONS: additional.join(',') }),
    SKIP_AUTO_INSTALL: String(!autoInstall),
  };
}
