import type { SignInStatus } from '@sindri/core';
import { exitCodes } from '../exit-codes.js';
import type { Shell } from '../shell.js';
import { openDoors, type SignInPlace } from './sign-in-doors.js';

/** Who is signed in at one provider. */
export interface ProviderSignIn extends SignInStatus {
  provider: string;
  /** For people. */
  title: string;
  /** `null` when it could not be found out. */
  signedIn: boolean | null;
}

export interface AuthStatusResult {
  schema: 'sindri.auth-status/1';
  /** In the order of their names. */
  providers: ProviderSignIn[];
}

/** Who is signed in, by what and for what, at every provider that has a sign-in. Changes nothing, and shows no credential. */
export async function authStatus(shell: Shell, place: SignInPlace): Promise<AuthStatusResult> {
  const doors = await openDoors(shell, place);
  const providers = await Promise.all(
    doors.map(async (door): Promise<ProviderSignIn> => {
      const status = await door.status();
      return { provider: door.provider, title: door.title, signedIn: isSignedIn(status), ...status };
    }),
  );
  return { schema: 'sindri.auth-status/1', providers: providers.sort((a, b) => (a.provider < b.provider ? -1 : 1)) };
}

/** 4 when somebody is not signed in, or refused; 5 when that could not be found out. */
export function authStatusExitCode({ providers }: AuthStatusResult): number {
  if (providers.some(({ signedIn }) => signedIn === false)) return exitCodes.auth;
  return providers.some(({ signedIn }) => signedIn === null) ? exitCodes.incomplete : exitCodes.done;
}

function isSignedIn({ sources: [first], facts }: SignInStatus): boolean | null {
  if (first === undefined || first.problem !== null) return false;
  return facts?.accepted ?? null;
}
