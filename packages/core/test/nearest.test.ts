import { nearest } from '../src/nearest.js';

describe('nearest', () => {
  const names = ['fly', 'kubernetes', 'docker', 'session'];

  test.each([
    ['flyy', 'fly'],
    ['kubernets', 'kubernetes'],
    ['dokcer', 'docker'],
    ['SESSION', 'session'],
  ])('%s means %s', (word, meant) => {
    expect(nearest(word, names)).toBe(meant);
  });

  test('says nothing when nothing is near', () => {
    expect(nearest('northflank', names)).toBeUndefined();
    expect(nearest('', names)).toBeUndefined();
    expect(nearest('fly', [])).toBeUndefined();
  });

  test('prefers the nearer one', () => {
    expect(nearest('cpuKinds', ['cpus', 'cpuKind'])).toBe('cpuKind');
  });
});
