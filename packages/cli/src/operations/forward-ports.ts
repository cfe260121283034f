import { coreError } from '../error.js';

/** A port of this computer, and the port in the environment that it leads to. */
export interface ForwardedPort {
  local: number;
  remote: number;
}

/** `3000`, `8080:80`: the local port first, as everywhere. Throws `USAGE`. */
export function readForward(word: string): ForwardedPort {
  const [, first, second] = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(word) ?? [];
  const local = Number(first);
  const remote = second === undefined ? local : Number(second);
  if (first !== undefined && isPort(local) && isPort(remote)) return { local, remote };
  throw coreError({
    code: 'USAGE',
    kind: 'usage',
    message: `"${word}" is no port to forward.`,
    hint: 'Give a port, 3000, or the local one and the remote one, 8080:80; each from 1 to 65535.',
  });
}

function isPort(value: number): boolean {
  return value >= 1 && value <= 65_535;
}
