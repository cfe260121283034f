import { cpSync, existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { startAlteringFly } from './altering-fly';
import type { OpenOptions, Workplace } from './workplace';

/**
 * Runs `act` as a process that gets SIGKILL when its write number `nth` has been carried out: nothing that it would do afterwards reaches the
 * platform or the disk, clean-up least of all. Returns whether there was such a write, and where the next process finds what this computer
 * remembers.
 */
export async function killAfterWrite(
  workplace: Workplace,
  nth: number,
  act: (options: OpenOptions) => Promise<unknown>,
  stateDir = path.join(workplace.home, 'state'),
): Promise<{ isKilled: boolean; stateDir: string }> {
  const controller = new AbortController();
  const left = `${stateDir}-${nth}`;
  rmSync(left, { recursive: true, force: true });
  let isDead = false;
  let writes = 0;
  const fly = await startAlteringFly(
    workplace.emulator.url,
    ({ body }) => body,
    () => isDead,
  );
  const killed = new Promise<void>((resolve) => {
    const off = workplace.emulator.requests.onRequest(({ writes: isWrite }, phase) => {
      if (phase !== 'committed' || !isWrite || ++writes !== nth) return;
      off();
      isDead = true;
      if (existsSync(stateDir)) cpSync(stateDir, left, { recursive: true });
      resolve();
    });
  });
  const ended = act({ stateDir, signal: controller.signal, env: { FLY_FLAPS_BASE_URL: fly.url } });
  try {
    await Promise.race([killed, ended]);
  } finally {
    controller.abort();
    await ended.catch(() => undefined);
    await fly.stop();
  }
  return isDead ? { isKilled: true, stateDir: left } : { isKilled: false, stateDir };
}
