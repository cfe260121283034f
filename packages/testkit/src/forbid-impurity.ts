/**
 * Runs `body` while everything that a pure function has no business with throws: time, randomness, timers, the network.
 * `body` must be synchronous, so nobody else sees the forbidden world.
 */
export function forbidImpurity<T>(body: () => T): T {
  const world = globalThis as unknown as Record<string, unknown>;
  const restore: (() => void)[] = [];
  const forbid = (owner: Record<string, unknown>, name: string, label: string): void => {
    const original = Object.getOwnPropertyDescriptor(owner, name);
    if (original === undefined || !original.configurable) return;
    const refuse = (): never => {
      throw new Error(`it used ${label}`);
    };
    Object.defineProperty(owner, name, { configurable: true, writable: true, value: refuse });
    restore.push(() => Object.defineProperty(owner, name, original));
  };
  for (const name of ['fetch', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'])
    forbid(world, name, `${name}()`);
  forbid(Math as unknown as Record<string, unknown>, 'random', 'Math.random()');
  const RealDate = Date;
  world['Date'] = class extends RealDate {
    constructor(...values: unknown[]) {
      if (values.length === 0) throw new Error('it used new Date()');
      super(...(values as [number]));
    }
    static override now(): number {
      throw new Error('it used Date.now()');
    }
  };
  restore.push(() => (world['Date'] = RealDate));
  try {
    return body();
  } finally {
    for (const undo of restore) undo();
  }
}

/** A deep copy in which nothing can be changed. */
export function frozenCopy<T>(value: T): T {
  return freeze(structuredClone(value));
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const item of Object.values(value)) freeze(item);
  return Object.freeze(value);
}
