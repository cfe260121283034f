import { abortable } from '../src/abortable.js';

describe('abortable', () => {
  it('settles like the work', async () => {
    const { signal } = new AbortController();
    await expect(abortable(Promise.resolve(7), signal)).resolves.toBe(7);
    await expect(abortable(Promise.reject(new Error('broken')), signal)).rejects.toThrow('broken');
  });

  it('rejects with the reason of a signal that is aborted meanwhile, or was before', async () => {
    const control = new AbortController();
    const never = new Promise<void>(() => undefined);
    const waiting = abortable(never, control.signal);
    control.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(abortable(never, control.signal)).rejects.toThrow('enough');
  });

  it('leaves work that fails later to itself', async () => {
    const control = new AbortController();
    let fail: (error: Error) => void = () => undefined;
    const work = new Promise<void>((_resolve, reject) => (fail = reject));
    const waiting = abortable(work, control.signal);
    control.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    fail(new Error('broken, and nobody listens'));
    await new Promise((resolve) => setImmediate(resolve));
  });
});
