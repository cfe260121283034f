import { listEnvironments } from '../../src/environment/list-environments.js';
import type { SindriEvent } from '../../src/model/events.js';
import type { EnvironmentListing, ListedEnvironment } from '../../src/model/listing.js';
import type { OperationContext } from '../../src/model/context.js';
import { SindriError } from '../../src/model/errors.js';
import type { Provider } from '../../src/provider/contract.js';
import { createProviderRegistry, type ProviderSource } from '../../src/provider/registry.js';
import { emptyWorld, fakeProvider } from '../fake-provider.js';

const env = { HOME: '/nowhere', ACME_TOKEN: 'token-value-1' };

function listed(name: string, extra: Partial<ListedEnvironment> = {}): ListedEnvironment {
  return {
    name,
    platformName: name,
    state: 'running',
    region: 'sjc',
    resources: { memoryMb: 2048, cpus: 1, volumeGb: 10 },
    monthlyCost: { currency: 'USD', running: 12.5, idle: 1.5 },
    owner: 'acme',
    createdAt: '2026-03-01T12:00:00.000Z',
    orphans: [],
    ...extra,
  };
}

function telling(
  name: string,
  answer: (context: OperationContext) => EnvironmentListing | Promise<EnvironmentListing>,
): Provider {
  const overrides: Partial<Provider> = {
    name,
    title: name.toUpperCase(),
    capabilities: ['environments'],
    environments: async (context) => answer(context),
  };
  return fakeProvider(emptyWorld(), overrides);
}

const only = (...environments: ListedEnvironment[]): EnvironmentListing => ({ environments, unobserved: [] });

describe('listEnvironments', () => {
  test('asks every provider that can tell, and sorts what they say', async () => {
    const answer = await listEnvironments({
      env,
      providers: [
        telling('one', () => only(listed('beta'), listed('alpha'))),
        telling('two', () => only(listed('alpha'))),
        fakeProvider(emptyWorld(), { name: 'mute' }),
      ],
    });
    expect(answer.environments.map(({ name, provider }) => `${name} ${provider}`)).toEqual([
      'alpha one',
      'alpha two',
      'beta one',
    ]);
    expect(answer).toMatchObject({ unobserved: [], unable: ['mute'], asked: ['one', 'two'] });
  });

  test('all are asked at once', async () => {
    let waiting = 0;
    let release = (): void => undefined;
    const both = new Promise<void>((resolve) => (release = resolve));
    const meet = async (): Promise<EnvironmentListing> => {
      if (++waiting === 2) release();
      await both;
      return only();
    };
    const providers = [telling('one', meet), telling('two', meet)];
    await expect(listEnvironments({ env, providers })).resolves.toMatchObject({ asked: ['one', 'two'] });
  });

  test('one that fails, breaks or cannot be loaded hides nothing of the others', async () => {
    const refuse = (): never => {
      throw new SindriError({ code: 'ACME_DOWN', kind: 'incomplete', message: 'ACME is down.', hint: 'Wait.' });
    };
    const unloadable: ProviderSource = {
      name: 'lost',
      apiVersion: 1,
      origin: 'lost-plugin 1.0.0',
      load: () => Promise.reject(new Error('no such file')),
    };
    const providers = createProviderRegistry([
      telling('down', refuse),
      telling('sloppy', () => ({ environments: [{ name: 'x' }], unobserved: [] }) as unknown as EnvironmentListing),
      telling('partly', () => ({ environments: [listed('alpha')], unobserved: ['Region ams did not answer.'] })),
      telling('nothing', () => undefined as unknown as EnvironmentListing),
      unloadable,
    ]);
    const { environments, unobserved, asked } = await listEnvironments({ env, providers });
    expect(environments.map(({ name }) => name)).toEqual(['alpha']);
    expect(asked).toEqual(['partly']);
    expect(unobserved).toEqual([
      {
        provider: 'down',
        message: 'ACME is down.',
        error: { code: 'ACME_DOWN', kind: 'incomplete', hint: 'Wait.', retryable: false },
      },
      {
        provider: 'sloppy',
        message: expect.stringContaining('"environments[0].platformName"'),
        error: expect.objectContaining({ code: 'PROVIDER_BROKEN' }),
      },
      { provider: 'partly', message: 'Region ams did not answer.', error: null },
      {
        provider: 'nothing',
        message: expect.stringContaining('no list'),
        error: expect.objectContaining({ code: 'PROVIDER_BROKEN' }),
      },
      {
        provider: 'lost',
        message: expect.stringContaining('lost-plugin 1.0.0'),
        error: expect.objectContaining({ code: 'PROVIDER_BROKEN' }),
      },
    ]);
  });

  test('asks only those that are named, each at its own place', async () => {
    const seen: string[] = [];
    const tell = (context: OperationContext): EnvironmentListing => {
      seen.push(`${context.env['WHERE']} ${context.stateDir}`);
      return only();
    };
    const providers = [telling('one', tell), telling('two', tell)];
    const place = async (provider: string) => ({ env: { WHERE: provider }, stateDir: `/state/${provider}` });
    await listEnvironments({ env, providers, only: ['two'], place });
    expect(seen).toEqual(['two /state/two']);
    await expect(listEnvironments({ env, providers, only: ['three'] })).rejects.toMatchObject({
      code: 'PROVIDER_NOT_FOUND',
    });
  });

  test('no secret leaves in answers, events and failures', async () => {
    const events: SindriEvent[] = [];
    const answer = await listEnvironments({
      env,
      onEvent: (event) => events.push(event),
      providers: [
        telling('one', (context) => {
          context.hide('made-up-secret');
          context.emit({ type: 'notice', level: 'info', code: 'X', message: 'with token-value-1' });
          return { environments: [listed('alpha', { owner: 'made-up-secret' })], unobserved: ['token-value-1 it was'] };
        }),
        telling('two', () => {
          throw new Error('refused token-value-1');
        }),
      ],
    });
    expect(JSON.stringify([answer, events])).not.toMatch(/token-value-1|made-up-secret/);
    expect(answer.environments[0]).toMatchObject({ state: 'running', owner: '‹redacted›' });
    expect(events).toContainEqual({ type: 'phase.started', phase: 'list.one', title: 'Ask ONE' });
  });

  test('a cancelled list is cancelled, not a list with failures in it', async () => {
    const controller = new AbortController();
    const providers = [
      telling('one', ({ signal }) => {
        controller.abort();
        signal.throwIfAborted();
        return only();
      }),
    ];
    await expect(listEnvironments({ env, providers, signal: controller.signal })).rejects.toMatchObject({
      code: 'OPERATION_CANCELLED',
    });
    const never = telling('one', () => new Promise(() => undefined));
    const late = new AbortController();
    const listing = listEnvironments({ env, providers: [never], signal: late.signal });
    late.abort();
    await expect(listing).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
  });
});
