import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describeConformance, type Subject } from '@sindri/testkit';
import { describeSubsetWithEngine } from './engine/gate.js';
import { engineIn, sharedEngine } from './engine/shared-engine.js';

const folder = path.resolve(__dirname, '../../examples/docker-subset');

test('the example is as short as it says', () => {
  const lines = ['index.js', 'engine.js'].flatMap((file) =>
    readFileSync(path.join(folder, file), 'utf8').trimEnd().split('\n'),
  );
  expect(lines.length).toBeLessThanOrEqual(150);
});

describeSubsetWithEngine('examples/docker-subset on a real engine', () => {
  const { createSubject } = jest.requireActual<{ createSubject(options: object): Subject }>(
    path.join(folder, 'conformance.js'),
  );
  const { socketPath } = engineIn(process.env.SINDRI_TEST_ENGINE ?? '');
  const images = { image: 'sindri-test:1', otherImage: 'sindri-test:2', crashingImage: 'sindri-test:crash' };

  beforeAll(async () => void (await sharedEngine()));
  describeConformance(
    createSubject({ socketPath, ...images }),
    { describe, test, afterAll },
    { caseTimeoutMs: 180_000, shareRigs: true },
  );
});
