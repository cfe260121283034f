import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Provider } from '@sindri/core';
import type { Subject } from '@sindri/testkit';
import { testkit } from '../lazy.js';
import type { Env, Shell } from '../shell.js';
import { startLocal } from './open.js';

/** What any program needs to run at all. */
const BASIC = /^(PATH|LANG|LC_\w+|TZ|TMPDIR|TEMP|TMP|USER|LOGNAME|USERNAME|SHELL|PATHEXT|SYSTEMROOT|COMSPEC)$/i;

/**
 * Gives `use` a conformance subject for `provider` on its local emulator, as somebody without keys, credentials and settings
 * would meet it: what a person has at home must not decide whether a provider conforms.
 */
export async function withLocalSubject<T>(
  shell: Shell,
  provider: Provider,
  use: (subject: Subject) => Promise<T>,
): Promise<T> {
  const local = await startLocal(shell, provider.name);
  const home = await mkdtemp(path.join(tmpdir(), 'sindri-verify-'));
  try {
    const env = { ...basic(shell.env), HOME: home, USERPROFILE: home, ...local };
    return await use(await testkit().createEnvironmentSubject({ create: () => provider, env, stateDir: home }));
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function basic(env: Env): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => BASIC.test(name)));
}
