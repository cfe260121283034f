import type { Bench } from '../bench.js';

const TRIES = 3;

/** Destroys whatever of the bench's environment is there, and makes sure. Rejects when something stays. */
export async function removeEnvironment(bench: Bench): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      const { resources } = await bench.destroy();
      const left = resources.filter(({ status, owned }) => status === 'present' && owned === true);
      if (left.length === 0) return;
      throw new Error(`left behind in "${bench.spec.name}": ${left.map(({ id }) => id).join(', ')}`);
    } catch (error) {
      // A platform that has just been interrupted in the middle of something may need a second look.
      if (tries === TRIES) throw error;
    }
  }
}
