import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEnvironment, type OpenEnvironmentOptions } from '../../src/environment/open-environment.js';
import type { SindriEvent } from '../../src/model/events.js';
import { createProviderRegistry } from '../../src/provider/registry.js';
import type { Provider } from '../../src/provider/contract.js';
import { createRedactor } from '../../src/redact/redactor.js';
import { emptyWorld, fakeProvider } from '../fake-provider.js';

const CONFIG = 'version: "3.0"\nname: demo\ndeployment:\n  provider: fake\n';

function options(
  extra: Partial<OpenEnvironmentOptions> = {},
  overrides: Partial<Provider> = {},
): OpenEnvironmentOptions {
  return {
    config: { text: CONFIG },
    providers: [fakeProvider(emptyWorld(), overrides)],
    env: { HOME: '/nowhere' },
    ...extra,
  };
}

describe('openEnvironment', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sindri-open-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  test('a program plans and applies', async () => {
    const environment = await openEnvironment(options());
    expect(environment).toMatchObject({ spec: { name: 'demo' }, provider: { name: 'fake' }, file: null });
    const report = await environment.apply(await environment.plan());
    expect(report.status).toBe('succeeded');
    await expect(environment.status()).resolves.toMatchObject({ state: 'running' });
  });

  test('tells that a vault is asked, which may not answer for long', async () => {
    const events: SindriEvent[] = [];
    const secret = '{name: TOKEN, source: vault, vaultPath: app, vaultKey: token}';
    const open = async (text: string) =>
      openEnvironment(
        options({
          config: { text },
          vault: async () => ({ status: 'found', data: { token: 'value-1' }, place: 'Vault' }),
          onEvent: (event) => events.push(event),
        }),
      );
    const phases = () => events.flatMap((event) => (event.type === 'phase.started' ? [event.title] : []));
    await (await open(`${CONFIG}secrets: [${secret}]\n`)).plan();
    expect(phases()).toContain('Ask the vault');
    events.length = 0;
    await (await open(CONFIG)).plan();
    expect(phases()).not.toContain('Ask the vault');
  });

  test('takes a registry as well as providers', async () => {
    const providers = createProviderRegistry([fakeProvider(emptyWorld())]);
    await expect(openEnvironment(options({ providers }))).resolves.toMatchObject({ provider: { name: 'fake' } });
  });

  test('finds the config above the current directory, or where it is told', async () => {
    const deep = join(directory, 'a/b');
    await mkdir(deep, { recursive: true });
    await writeFile(join(directory, 'sindri.yaml'), CONFIG);
    const found = await openEnvironment(options({ config: undefined, cwd: deep }));
    expect(found.file).toBe(join(directory, 'sindri.yaml'));
    const named = await openEnvironment(options({ config: '../../sindri.yaml', cwd: deep }));
    expect(named.file).toBe(join(directory, 'sindri.yaml'));
    await expect(openEnvironment(options({ config: 'none.yaml', cwd: deep }))).rejects.toMatchObject({
      code: 'CONFIG_NOT_FOUND',
    });
  });

  test('whoever is not signed in hears of it before a registry is asked', async () => {
    const never = () => Promise.reject(new Error('not signed in'));
    const signIn = { begin: never, accept: never, status: never, signOut: never, requireSource: never };
    const withSignIn = {
      signIn: { ...signIn, variable: 'FAKE_TOKEN', locks: [] },
      capabilities: [...fakeProvider(emptyWorld()).capabilities, 'signIn'],
    } as Partial<Provider>;
    const source = { find: () => Promise.reject(new Error('asked')) } as never;
    const text = `${CONFIG}  image: ghcr.io/acme/demo:1\n`;
    const environment = await openEnvironment(options({ config: { text }, images: { source } }, withSignIn));
    await expect(environment.plan()).rejects.toThrow('not signed in');
    await expect(environment.plan({ intent: 'destroy' })).resolves.toMatchObject({ intent: 'destroy' });
    // A registry is not the platform: what it says of an image is for everybody.
    await expect(environment.image()).rejects.toThrow('asked');
  });

  test('a bad config is refused with every problem', async () => {
    const text = `${CONFIG}  colour: blue\nwheels: 4\n`;
    await expect(openEnvironment(options({ config: { text } }))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      details: { problems: [{ path: 'deployment.colour' }, { path: 'wheels' }] },
    });
  });

  test('credentials of the environment never appear, not even in the error of a bad config', async () => {
    const env = {
      HOME: '/nowhere',
      MY_TOKEN: 'token-value-1',
      DB_PASSWORD: 'p4ssw0rd',
      SIGN_KEY: 'key-value-2',
      USE_TOKEN: 'true',
    };
    const text = CONFIG.replace('demo', '${MY_TOKEN}-${SIGN_KEY}!');
    const error = await openEnvironment(options({ env, config: { text } })).catch((thrown: unknown) => thrown);
    expect(JSON.stringify(error)).toContain('‹redacted›');
    expect(JSON.stringify(error)).not.toMatch(/token-value-1|key-value-2/);

    const { redactor } = await openEnvironment(options({ env }));
    expect(redactor.text('token-value-1 p4ssw0rd key-value-2 true')).toBe('‹redacted› ‹redacted› ‹redacted› true');
  });

  test('a secret of the config is hidden from the start, whatever it is called', async () => {
    const text = `${CONFIG}secrets:\n  - name: GREETING\n    source: env\n`;
    const env = { HOME: '/nowhere', GREETING: 'good evening' };
    const { redactor } = await openEnvironment(options({ env, config: { text } }));
    expect(redactor.text('she said good evening')).toBe('she said ‹redacted›');
  });

  test('a required secret without a value stops the plan before any request', async () => {
    const world = emptyWorld();
    const text = `${CONFIG}secrets:\n  - name: API_THING\n    source: env\n    required: true\n`;
    const environment = await openEnvironment(
      options({ config: { text }, cwd: directory, providers: [fakeProvider(world)] }),
    );
    await expect(environment.plan()).rejects.toMatchObject({ code: 'SECRET_MISSING' });
    expect(world.calls).toEqual([]);
  });

  test('an optional secret that is not there is told, and left out', async () => {
    const events: SindriEvent[] = [];
    const text = `${CONFIG}secrets:\n  - name: API_THING\n    source: env\n`;
    const environment = await openEnvironment(
      options({ config: { text }, cwd: directory, onEvent: (event) => events.push(event) }),
    );
    await environment.plan();
    expect(events).toContainEqual(expect.objectContaining({ type: 'notice', code: 'SECRET_OMITTED' }));
  });

  test('what is worth a look in the config is told as an event, too', async () => {
    const events: SindriEvent[] = [];
    const problem = { severity: 'warning', code: 'FAKE_OLD', message: 'old', path: 'name' } as const;
    const environment = await openEnvironment(
      options({ onEvent: (event) => events.push(event) }, { validate: () => [problem] }),
    );
    expect(environment.warnings).toMatchObject([{ code: 'FAKE_OLD' }]);
    expect(events).toMatchObject([{ type: 'config.warning', problem: { code: 'FAKE_OLD' } }]);
  });

  test('another image than the file says is judged by the provider', async () => {
    const validate: Provider['validate'] = ({ image }) =>
      image?.reference === 'bad' ? [{ severity: 'error', code: 'FAKE_IMAGE', message: 'no such image', path: '' }] : [];
    const good = await openEnvironment(options({ overrides: { image: 'x/y:1' } }, { validate }));
    expect(good.spec.image).toEqual({ reference: 'x/y:1', request: null, pullPolicy: null });
    await expect(openEnvironment(options({ overrides: { image: 'bad' } }, { validate }))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'With the image bad the config is not valid: no such image',
    });
  });

  test('state goes where it is told, relative to the current directory', async () => {
    const seen: string[] = [];
    const overrides: Partial<Provider> = {
      check: async (_request, { stateDir }) => (seen.push(stateDir), { items: [] }),
    };
    await (await openEnvironment(options({ stateDir: 'state', cwd: directory }, overrides))).check();
    await (await openEnvironment(options({}, overrides))).check();
    expect(seen).toEqual([join(directory, 'state'), '/nowhere/.local/state/sindri']);
  });

  test('an aborted signal opens nothing', async () => {
    await expect(openEnvironment(options({ signal: AbortSignal.abort() }))).rejects.toMatchObject({
      code: 'OPERATION_CANCELLED',
    });
  });

  test('asks once where a provider is to be used, with its name, and uses the variables and the directory from there', async () => {
    const asked: string[] = [];
    const text = 'version: "3.0"\nname: ${NAME}\ndeployment:\n  provider: ${WHICH}\n';
    const contexts: unknown[] = [];
    const phases: string[] = [];
    const environment = await openEnvironment(
      options(
        {
          config: { text },
          env: { WHICH: 'fake', NAME: 'cloud' },
          async place(provider) {
            asked.push(provider);
            return { env: { WHICH: 'other', NAME: 'here' }, stateDir: '/local' };
          },
        },
        {
          async check(_request, { env, stateDir }) {
            contexts.push({ env, stateDir });
            return { items: [] };
          },
        },
      ),
    ).catch((error: unknown) => error);
    // The variables from there count for the whole config, hence the provider may turn out to be another.
    expect(environment).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(asked).toEqual(['fake']);
    const same = await openEnvironment(
      options(
        {
          config: { text },
          env: { WHICH: 'fake', NAME: 'cloud' },
          place: async () => ({ env: { WHICH: 'fake', NAME: 'here' }, stateDir: '/local', title: 'Fake (here)' }),
          onEvent: (event) => void (event.type === 'phase.started' && phases.push(event.title)),
        },
        {
          async check(_request, { env, stateDir }) {
            contexts.push({ env, stateDir });
            return { items: [] };
          },
        },
      ),
    );
    expect(same.spec.name).toBe('here');
    await same.check();
    await same.status().catch(() => undefined);
    expect(phases).toContain('Look at what exists on Fake (here)');
    expect(contexts).toEqual([{ env: { WHICH: 'fake', NAME: 'here' }, stateDir: '/local' }]);
  });

  test('uses the redactor of the caller, and teaches it the credentials of the provider', async () => {
    const redactor = createRedactor();
    const environment = await openEnvironment(
      options({ redactor, env: { HOME: '/nowhere', DEPLOY_TOKEN: 'tok-8841' } }, { secretPatterns: [/\bfk_\w+/] }),
    );
    expect(environment.redactor).toBe(redactor);
    expect(redactor.text('tok-8841 fk_abcdef')).toBe('‹redacted› ‹redacted›');
  });
});
