import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Set to `1` where every component is expected to be there: then a test that cannot run fails instead of being skipped. */
const REQUIRED = 'SINDRI_REQUIRE_SYSTEM_TESTS';

/** Directories of servers and administration tools, which an ordinary user's PATH often lacks. */
const SYSTEM_DIRECTORIES = ['/usr/sbin', '/usr/local/sbin', '/sbin'];

/** The full path of a program of the operating system, or `null` when it is not installed. */
export function findProgram(program: string): string | null {
  const directories = [...(process.env.PATH ?? '').split(path.delimiter), ...SYSTEM_DIRECTORIES];
  for (const directory of directories.filter((entry) => path.isAbsolute(entry))) {
    const candidate = path.join(directory, program);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not in this one.
    }
  }
  return null;
}

/** Whether a test that cannot run is a failure here. */
export function systemTestsAreRequired(): boolean {
  return process.env[REQUIRED] === '1';
}

/**
 * A jest test that needs programs of the operating system (`sshd`, `tmux`). Where one is missing the test is reported as skipped
 * under a name that tells which, or fails when {@link REQUIRED} is set.
 */
export function testIfInstalled(
  programs: string | readonly string[],
  name: string,
  run: (() => void) | (() => Promise<void>),
  timeoutMs?: number,
): void {
  const missing = [programs].flat().filter((program) => findProgram(program) === null);
  if (missing.length === 0) {
    test(name, run, timeoutMs);
  } else if (systemTestsAreRequired()) {
    test(name, () => {
      throw new Error(`${missing.join(', ')} is not installed, and ${REQUIRED}=1 demands it.`);
    });
  } else {
    test.skip(`${name} (needs ${missing.join(', ')}, which is not installed)`, run);
  }
}
