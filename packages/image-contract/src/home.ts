import type { EnvironmentSpec } from '@sindri/core';

/** The user that people log in as. */
export const developerUser = 'developer';

/** The home of {@link developerUser}: mount the persistent volume here, writable, or the image does not boot. */
export const homePath = '/alt/home/developer';

/** The port of the image's own sshd, inside; 22 is left to the platform. */
export const sshPort = 2222;

/** Where the image keeps projects unless told otherwise. */
export const defaultWorkspacePath = `${homePath}/workspace`;

/** Whether files under `path` are on the volume, and so survive a stop. */
export function isUnderHome(path: string): boolean {
  return path.startsWith(`${homePath}/`) && !path.split('/').includes('..');
}

/** The workspace directory: the one of the config if it lies under the home, else the image's own. */
export function workspacePath({ workspace }: Pick<EnvironmentSpec, 'workspace'>): string {
  return workspace.path !== null && isUnderHome(workspace.path) ? workspace.path : defaultWorkspacePath;
}
