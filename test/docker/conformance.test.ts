import { describeConformance, type Subject } from '@sindri/testkit';
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

  // A case of several deploys takes a few seconds; on a busy computer many times that.
  describeConformance(subject, { describe, test, afterAll }, { caseTimeoutMs: 180_000, shareRigs: true });
});
