import { constants } from 'node:os';
import type { SessionExit } from '@sindri/core';

/** What `ssh` returns when the connection broke or was given up. */
export const CONNECTION_LOST = 255;

/** The exit status of a remote process as a shell tells it: its code, or 128 plus the number of the signal that ended it. */
export function exitStatus({ code, signal }: SessionExit): number {
  if (code !== null) return code;
  return signal === null ? CONNECTION_LOST : signalStatus(signal);
}

/** 128 plus the signal's number; `name` without `SIG`. A signal this machine does not know gives 255. */
export function signalStatus(name: string): number {
  const number = (constants.signals as Readonly<Record<string, number | undefined>>)[`SIG${name}`];
  return number === undefined ? CONNECTION_LOST : 128 + number;
}
