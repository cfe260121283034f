/**
 * What is wrong with an environment, as far as a look from outside and inside tells: what is likely to be meant when somebody says that it
 * does not work.
 */
export interface Diagnosis {
  /** What is wrong, the likeliest and worst first. Empty = nothing was found. */
  findings: Finding[];
  /** What could not be looked at, each with the reason, as a sentence. */
  unknown: string[];
}

/** Something that is wrong, why, and how to repair it. */
export interface Finding {
  /**
   * Stable, in words with dashes. All providers share `not-deployed`, `failed`, `asleep-during-installation`, `connection-timeout`,
   * `connection-refused`, `permission-denied`, `no-address`, `volume-full` and `out-of-memory`.
   */
  id: string;
  /** `problem`: it does not work because of this. `warning`: it works, but not for long or not as it should. */
  severity: 'problem' | 'warning';
  /** Which of several instances it is about. Absent = all of it, or the only one. */
  instance?: string;
  /** What people see, in a few words: `The volume is full`. */
  title: string;
  /** Why it is so, in one sentence. */
  cause: string;
  /** What was seen of it, each in one line. Never empty. No secrets. */
  evidence: string[];
  /** What repairs it, in order. Never empty. */
  fix: FixStep[];
}

/** One step of a repair. At least one of the two is not `null`. */
export interface FixStep {
  /** What to do, or what the command does, as a sentence. */
  text: string | null;
  /** A command line to paste: `sindri volume extend --size 40GB`. */
  command: string | null;
}
