/** Something wrong, or worth a warning, in a `sindri.yaml`. */
export interface ConfigProblem {
  /** `error` stops every operation before it touches anything; `warning` does not. */
  severity: 'error' | 'warning';
  /**
   * Of an error: the only intent that it stops. For rules about *making* something, which must not stand in the way of looking
   * at what exists or removing it. Absent = it stops everything.
   */
  blocks?: 'deploy';
  /** Stable identifier, `CONFIG_…` for core's own, the provider's area for its own. */
  code: string;
  /** What is wrong and what was expected, in one sentence. */
  message: string;
  /** JSON path, such as `deployment.resources.memory` or `secrets[0].name`. Empty for the document itself. */
  path: string;
  /** File name as the user gave it (relative when they gave it relative). Absent for values that came from no file. */
  file?: string;
  /** 1-based. */
  line?: number;
  /** 1-based. */
  column?: number;
  /** The nearest valid name or value, or what to do. */
  hint?: string;
}
