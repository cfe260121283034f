import { canonicalJson, fingerprint, hashSpec } from '../../src/plan/fingerprint.js';
import { spec } from '../fake-provider.js';

describe('canonicalJson', () => {
  test('does not depend on the order of keys', () => {
    expect(canonicalJson({ b: 1, a: [{ d: 1, c: undefined }] })).toBe('{"a":[{"d":1}],"b":1}');
    expect(fingerprint({ b: 1, a: 2 })).toBe(fingerprint({ a: 2, b: 1 }));
    expect(fingerprint([1, 2])).not.toBe(fingerprint([2, 1]));
  });
});

describe('hashSpec', () => {
  const wanted = {
    spec: spec(),
    intent: 'deploy' as const,
    secrets: [{ name: 'A', origin: 'environment', fingerprint: 'x' }],
  };

  test('ignores where something was written', () => {
    const moved = spec({ baseDir: '/elsewhere', origins: { name: { file: 'x', line: 1, column: 1 } } });
    const secrets = [{ name: 'A', origin: '.env', fingerprint: 'x' }];
    expect(hashSpec({ ...wanted, spec: moved, secrets })).toBe(hashSpec(wanted));
  });

  test.each([
    ['an option', { spec: spec({ options: { region: 'sjc' } }) }],
    ['a secret value', { secrets: [{ name: 'A', origin: 'environment', fingerprint: 'y' }] }],
    ['the intent', { intent: 'destroy' as const }],
    ['what is kept', { keep: ['volume'] }],
  ])('%s counts', (_title, difference) => {
    expect(hashSpec({ ...wanted, ...difference })).not.toBe(hashSpec(wanted));
  });
});
