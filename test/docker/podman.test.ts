import { describeWithPodman } from './engine/gate.js';
import { startEngine, type TestEngine } from './engine/start-engine.js';
import { createDockerDesk, type DockerDesk } from './environment-on-engine.js';
import { importTestImages } from './image/test-image.js';

describeWithPodman('provider-docker on the compatible socket of Podman', () => {
  let engine: TestEngine;
  let desk: DockerDesk;

  beforeAll(async () => {
    engine = await startEngine('podman');
    await importTestImages(engine.api);
    desk = createDockerDesk(engine);
  });
  afterAll(async () => {
    desk.remove();
    await engine.stop();
  });

  test('deploy, exec, stop, start, logs, another image, destroy', async () => {
    const env = { DATABASE_URL: 'a value' };
    desk.configure({ secrets: ['DATABASE_URL'] });
    await desk.succeed(['doctor'], { env });
    await desk.succeed(['deploy', '--yes'], { env });
    expect((await desk.json(['plan'], { env })).document.changes).toEqual([]);
    expect(await desk.succeed(['exec', '--', 'echo kept > ~/note; printf %s "$DATABASE_URL"'], { env })).toBe(
      'a value',
    );
    expect((await desk.run(['exec', '--', 'exit 7'], { env })).code).toBe(7);
    await desk.succeed(['stop'], { env });
    expect((await desk.json(['status'], { env })).document.state).toBe('stopped');
    await desk.succeed(['start'], { env });
    expect(await desk.succeed(['logs'], { env })).toMatch(/ready/);

    desk.configure({ secrets: ['DATABASE_URL'], image: 'sindri-test:2', memory: '384MB', cpus: '0.5' });
    await desk.succeed(['deploy', '--yes'], { env });
    expect(await desk.succeed(['exec', '--', 'cat ~/note; echo $SINDRI_TEST_IMAGE'], { env })).toBe('kept\n2\n');
    expect((await desk.json(['plan'], { env })).document.changes).toEqual([]);
    await desk.succeed(['destroy', '--yes'], { env });
    expect(await desk.inventory()).toEqual([]);
  }, 240_000);

  test('memory and cpus alone are changed as well as it can', async () => {
    desk.configure();
    await desk.succeed(['deploy', '--yes']);
    desk.configure({ memory: '384MB' });
    await desk.succeed(['deploy', '--yes']);
    expect((await desk.json(['plan'])).document.changes).toEqual([]);
    await desk.succeed(['destroy', '--yes']);
  }, 240_000);
});
