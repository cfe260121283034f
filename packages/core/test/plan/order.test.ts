import { orderChanges } from '../../src/plan/order.js';
import { change } from '../fake-provider.js';

const ids = (changes: { id: string }[]) => changes.map(({ id }) => id);

describe('orderChanges', () => {
  test('puts what is needed first, else goes by id, whatever the order was', () => {
    const changes = [
      change('machine', { dependsOn: ['volume', 'app'] }),
      change('volume', { dependsOn: ['app'] }),
      change('ip:v6', { dependsOn: ['app'] }),
      change('app'),
      change('Zone'),
    ];
    const expected = ['Zone', 'app', 'ip:v6', 'volume', 'machine'];
    expect(ids(orderChanges(changes, 'fake'))).toEqual(expected);
    expect(ids(orderChanges([...changes].reverse(), 'fake'))).toEqual(expected);
  });

  test('an empty plan stays empty', () => {
    expect(orderChanges([], 'fake')).toEqual([]);
  });

  test.each([
    ['a duplicate', [change('a'), change('a')], 'The provider "fake" planned two changes with the id "a".'],
    [
      'an unknown dependency',
      [change('a', { dependsOn: ['x'] })],
      'The provider "fake" planned "a" after "x", which is not in the plan.',
    ],
    [
      'a cycle',
      [
        change('a', { dependsOn: ['c'] }),
        change('b', { dependsOn: ['a'] }),
        change('c', { dependsOn: ['b'] }),
        change('d', { dependsOn: ['a'] }),
      ],
      'The provider "fake" planned changes that wait for each other: a → c → b → a.',
    ],
  ])("%s is the provider's fault", (_title, changes, message) => {
    expect(() => orderChanges(changes, 'fake')).toThrow(
      expect.objectContaining({ code: 'PROVIDER_BROKEN', kind: 'internal', message }),
    );
  });
});
