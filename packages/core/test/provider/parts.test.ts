import { makeChange, makeResource, makeSummary, SindriError } from '../../src/index.js';

describe('the parts that every provider returns', () => {
  const identity = { id: 'volume:home', type: 'volume', name: 'home' };

  test('a change says only what is special about it', () => {
    const resource = { type: 'container', name: 'web' };
    expect(makeChange({ action: 'start', resource, impact: ['restart'], payload: {} })).toEqual({
      id: 'container:start',
      action: 'start',
      resource,
      title: 'start container web',
      differences: [],
      impact: ['restart'],
      monthlyCostDelta: 0,
      dependsOn: [],
      payload: {},
    });
  });

  test('a resource is present, absent, or unobserved with the reason', async () => {
    const failure = new SindriError({ code: 'X_DOWN', kind: 'incomplete', message: 'nobody answers' });
    const answers = await Promise.allSettled([4, null, Promise.reject(failure), Promise.reject(new Error('cut'))]);
    const read = (size: number | null) => (size === null ? null : { owned: true, data: { size } });
    expect(answers.map((answer) => makeResource(identity, answer, read))).toEqual([
      { ...identity, status: 'present', owned: true, data: { size: 4 } },
      { ...identity, status: 'absent' },
      { ...identity, status: 'unobserved', reason: 'nobody answers' },
      { ...identity, status: 'unobserved', reason: 'Error: cut' },
    ]);
  });

  test('a summary is whole whatever is left out', () => {
    const summary = makeSummary({ environment: 'x', provider: 'mine', state: 'running', image: 'a:1' });
    expect(summary).toMatchObject({ state: 'running', image: 'a:1', cost: null, addresses: [], details: {} });
    expect(Object.values(summary).filter((value) => value === undefined)).toEqual([]);
    expect(summary.timestamps).toEqual({ createdAt: null, startedAt: null, stoppedAt: null, updatedAt: null });
  });
});
