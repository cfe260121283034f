import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CAPABILITIES } from '@sindri/core';
import { describeConformance, selectCases, type Subject } from '@sindri/testkit';
import { cellsIn } from '../../scripts/providers-page.cjs';
import { describeWithEngine } from './engine/gate.js';
import { engineIn, sharedEngine } from './engine/shared-engine.js';
import { startRegistry, type TestRegistry } from './registry/registry.js';

interface SubjectModule {
  createSubject(options: object): Subject;
}

describeWithEngine('provider-docker on a real engine', () => {
  const { socketPath } = engineIn(process.env.SINDRI_TEST_ENGINE ?? '');
  // The published module, as `sindri provider verify` loads it.
  const { createSubject } = jest.requireActual<SubjectModule>('../../plugins/provider-docker/conformance.js');
  const images = { image: 'sindri-test:1', otherImage: 'sindri-test:2', crashingImage: 'sindri-test:crash' };
  const subject = createSubject({ ...images, socketPath });
  let registry: TestRegistry;

  beforeAll(async () => {
    await sharedEngine();
    registry = await startRegistry();
    registry.publish('team/other', '1', { env: ['SINDRI_TEST_IMAGE=registry'] });
    // One that the engine has to pull, and one that nobody has.
    subject.otherImage = registry.reference('team/other', '1');
    subject.missingImage = registry.reference('team/nothing', '1');
  });
  afterAll(() => registry.stop());

  test('docs/providers.md says that these cases passed, and declares what the provider does', () => {
    const page = readFileSync(path.resolve(__dirname, '../../docs/providers.md'), 'utf8');
    const cells = cellsIn(page, 'docker') ?? {};
    const run = selectCases(subject).filter(({ skip }) => skip === undefined);
    expect(cells['conformance kit']).toBe(`${run.length} cases passed on its platform`);
    const { capabilities } = subject.create();
    const declared = CAPABILITIES.filter((capability) => cells[capability]?.startsWith('yes'));
    expect(declared).toEqual(CAPABILITIES.filter((capability) => capabilities.includes(capability)));
  });

  // A case of several deploys takes a few seconds; on a busy computer many times that.
  describeConformance(subject, { describe, test, afterAll }, { caseTimeoutMs: 180_000, shareRigs: true });
});
