import { createLeaving } from '../../src/connection/leave-later';

describe('leaving a private network', () => {
  const streams = () => {
    const left: string[] = [];
    return { left, entering: (name: string) => ({ leave: () => void left.push(name) }) };
  };

  it('is done with the end of a stream that is wanted alone', () => {
    const { left, entering } = streams();
    createLeaving()(entering('one'), undefined);
    expect(left).toEqual(['one']);
  });

  it('keeps one place in it while more streams follow, and none after that', () => {
    const { left, entering } = streams();
    const leave = createLeaving();
    const [over, other] = [new AbortController(), new AbortController()];
    leave(entering('one'), over.signal);
    leave(entering('of another'), other.signal);
    expect(left).toEqual([]);
    leave(entering('two'), over.signal);
    expect(left).toEqual(['one']);
    over.abort();
    expect(left).toEqual(['one', 'two']);
    leave(entering('a late end'), over.signal);
    expect(left).toEqual(['one', 'two', 'a late end']);
  });
});
