/** Time inside the emulator: real for people, virtual for tests. Milliseconds since the Unix epoch. */
export interface EmulatorClock {
  now(): number;
  /** Runs `callback` once, `ms` from now. Returns the way to cancel it. */
  after(ms: number, callback: () => void): () => void;
}

/** A clock that moves only when told to. */
export interface VirtualClock extends EmulatorClock {
  /** Moves time forward, running everything that falls due in order, and lets promises settle in between. */
  advance(ms: number): Promise<void>;
}
