import { findProgram, systemTestsAreRequired } from '../../system-component.js';

/** What the tests use beside `dockerd`: an image is made of these. */
const PROGRAMS = ['dockerd', 'setpriv', 'unshare', 'busybox', 'sshd', 'ssh-keygen', 'bash', 'dash', 'tar'];

/**
 * A jest group whose tests need a Docker Engine of their own. Where none can run the group is skipped under a name that tells why,
 * or fails where system tests are required and something is not installed. One that was tried and does not start cannot run here.
 */
export function describeWithEngine(name: string, run: () => void): void {
  describeUnless(missing(), name, run);
}

/**
 * The same for what CI's job for Docker runs by itself, where `SINDRI_DOCKER_SUBSET=1` asks for it: the kit over the subset, and secrets cut off
 * after each write. Each takes half a minute of both processors, or more.
 */
export function describeSubsetWithEngine(name: string, run: () => void): void {
  if (process.env.SINDRI_DOCKER_SUBSET === '1') describeWithEngine(name, run);
  else describe.skip(`${name} (takes long: SINDRI_DOCKER_SUBSET=1)`, run);
}

/** The same for tests of Podman. */
export function describeWithPodman(name: string, run: () => void): void {
  const absent = findProgram('podman') === null ? 'podman is not installed' : null;
  const reason = missing() ?? absent;
  // Nobody is asked to install it: what is said of it was tried with it, and is tried again where it is.
  if (reason === null) describe(name, run);
  else describe.skip(`${name} (${reason})`, run);
}

function describeUnless(reason: string | null, name: string, run: () => void): void {
  if (reason === null) {
    describe(name, run);
  } else if (systemTestsAreRequired() && process.env.SINDRI_TEST_ENGINE_FAILED === undefined) {
    test(name, () => {
      throw new Error(`No engine can run here (${reason}), and system tests are required.`);
    });
  } else {
    describe.skip(`${name} (needs a Docker Engine of its own: ${reason})`, run);
  }
}

/** Why no engine can run here; `null` when one can. */
function missing(): string | null {
  if (process.platform !== 'linux') return 'this is not Linux';
  if (process.getuid?.() !== 0) return 'only root may start one';
  const absent = PROGRAMS.filter((program) => findProgram(program) === null);
  if (absent.length > 0) return `${absent.join(', ')} not installed`;
  return process.env.SINDRI_TEST_ENGINE === undefined ? (process.env.SINDRI_TEST_ENGINE_FAILED ?? 'not started') : null;
}
