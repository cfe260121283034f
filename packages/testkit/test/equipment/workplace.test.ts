import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createFakeClock, createReferencePlatform, createReferenceProvider, createWorkplace } from '../../src/index.js';

const config = 'version: "3.0"\nname: desk\ndeployment:\n  provider: reference\n';

test('a workplace opens an environment, and leaves nothing', async () => {
  const platform = createReferencePlatform();
  const workplace = createWorkplace({
    providers: [createReferenceProvider(platform)],
    config,
    env: { REFERENCE_TOKEN: platform.token },
  });
  const { home, project, stateDir } = workplace;
  try {
    const environment = await workplace.open({ clock: createFakeClock({ tickMs: 1000 }) });
    await environment.apply(await environment.plan({ intent: 'deploy' }));
    expect((await environment.status()).state).toBe('running');
    expect(platform.things.map(({ environment: name }) => name)).toEqual(['desk', 'desk']);
    expect(workplace.env).toEqual({ HOME: home, USERPROFILE: home, REFERENCE_TOKEN: platform.token });
    const file = workplace.write('sub/.env', 'A=1\n');
    expect([path.relative(project, file), readFileSync(file, 'utf8')]).toEqual([path.join('sub', '.env'), 'A=1\n']);
  } finally {
    workplace.remove();
  }
  workplace.remove();
  expect([home, project, stateDir].some((directory) => existsSync(directory))).toBe(false);
});
