/** An SSH key that an environment admits. */
export interface AdmittedKey {
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  fingerprint: string;
  /** `ssh-ed25519`. */
  type: string;
  /** What was written behind the key; empty when nothing was. */
  comment: string;
  /**
   * Where it is: in the running environment, in what it gets at its next start, or in both. A key that is in one only comes or goes
   * with the next start.
   */
  where: ('now' | 'next-start')[];
  /** Which of several running instances admit it now. Absent = all that run, or none. */
  instances?: string[];
  /** Whether it comes from the config (a secret), and so cannot be removed by itself. */
  fromConfig: boolean;
}
