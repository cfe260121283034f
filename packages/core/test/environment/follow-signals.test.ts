import { getEventListeners } from 'node:events';
import { followSignals } from '../../src/environment/follow-signals';

describe('followSignals', () => {
  it('ends with the reason of the first that ends', () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const { signal } = followSignals([first.signal, undefined, second.signal]);
    second.abort('enough');
    first.abort('late');
    expect([signal.aborted, signal.reason]).toEqual([true, 'enough']);
  });

  it('is followed by as many as somebody opens, without a warning of Node, and lets go of all', () => {
    const controller = new AbortController();
    const { signal } = controller;
    const followed = Array.from({ length: 30 }, () => followSignals([signal]));
    // Node warns of more than ten.
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    for (const { release } of followed) release();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    const again = [followSignals([signal]), followSignals([signal])];
    controller.abort('over');
    expect(again.map((one) => one.signal.reason as unknown)).toEqual(['over', 'over']);
    expect(followed.some((one) => one.signal.aborted)).toBe(false);
  });
});
