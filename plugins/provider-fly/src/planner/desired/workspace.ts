import type { EnvironmentSpec } from '@sindri/core';
import { homePath } from './names.js';

/** Where the image keeps projects unless told otherwise. */
export const defaultWorkspacePath = `${homePath}/workspace`;

/** Whether files under `path` survive a stop. */
export function isOnVolume(path: string): boolean {
  return path.startsWith(`${homePath}/`) && !path.split('/').includes('..');
}

/** The workspace directory: the one of the config if it lies on the volume, else the image's own. */
export function workspacePath({ workspace }: EnvironmentSpec): string {
  return workspace.path !== null && isOnVolume(workspace.path) ? workspace.path : defaultWorkspacePath;
}
