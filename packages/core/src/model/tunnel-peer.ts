/** A computer that the platform lets into its private network. The key pair stays on that computer. */
export interface TunnelPeer {
  /** What `remove` takes: unique among the peers that are listed with it. */
  name: string;
  /** In the private network; `null` when the platform does not tell. */
  address: string | null;
  /** Of the gateway that it comes in through; `null` when the platform does not tell. */
  region: string | null;
  /** ISO 8601; `null` when neither the platform nor this computer knows. */
  createdAt: string | null;
  /**
   * `in-use`: a command on this computer uses it now. `kept`: its key is here, and the next command takes it. `keyless`: this computer made it, and
   * its key is not here any more, so nobody can use it. `forgotten`: its key is here, and the platform does not know it any more. `foreign`: of
   * another computer or another tool.
   */
  state: 'in-use' | 'kept' | 'keyless' | 'forgotten' | 'foreign';
  /** The private file with its key; `null` = not on this computer. */
  keyFile: string | null;
}
