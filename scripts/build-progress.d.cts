export interface BuildProgress {
  begin(text: string): void;
  line(text: string): void;
  end(): void;
}

export interface BuildProgressOptions {
  stream: { write(text: string): unknown; isTTY?: boolean; columns?: number };
  total?: number;
  /** Milliseconds. */
  now?(): number;
  every?(ms: number, tick: () => void): () => void;
}

export function createBuildProgress(options: BuildProgressOptions): BuildProgress;
