import { createProviderRegistry, type ConnectionMethod, type Provider } from '@sindri/core';
import { formatMethods } from '../../src/format/connection-methods';
import { methodsOf, methodsOfAll, providersHere } from '../../src/operations/connection-methods';

function provider(name: string, connectionMethods: ConnectionMethod[], capabilities: string[] = []): Provider {
  const nothing = () => Promise.reject(new Error('not needed'));
  return {
    name,
    apiVersion: 1,
    title: name,
    capabilities,
    connectionMethods,
    optionsSchema: { type: 'object', additionalProperties: false },
    ...{ check: nothing, observe: nothing, plan: nothing, apply: nothing, summarize: nothing },
    ...(capabilities.includes('exec') ? { exec: nothing } : {}),
  } as unknown as Provider;
}

const direct = { name: 'direct', title: 'SSH to the app', needs: null };
const tunnel = { name: 'tunnel', title: 'through a tunnel', needs: 'a peer' };
const fly = provider('fly', [direct, tunnel], ['exec']);
const pods = provider('pods', [{ ...direct, title: 'through the API server' }]);

test('the two names of our own stand around those of the provider; api is for exec alone', () => {
  const names = (methods: ConnectionMethod[]) => methods.map(({ name }) => name);
  expect(names(methodsOf(fly, 'exec'))).toEqual(['auto', 'direct', 'tunnel', 'api']);
  expect(names(methodsOf(fly, 'connect'))).toEqual(['auto', 'direct', 'tunnel']);
  expect(names(methodsOf(pods, 'exec'))).toEqual(['auto', 'direct']);
});

test('of several providers each method says whose it is, unless it is everybody’s', () => {
  expect(formatMethods(methodsOfAll([fly, pods], 'exec'))).toEqual([
    'auto    the provider chooses',
    'direct  SSH to the app (fly)',
    'tunnel  through a tunnel; needs a peer (fly)',
    'direct  through the API server (pods)',
    "api     through the platform's API: no stdin, bounded output (fly)",
  ]);
});

test('the provider of the config counts, even when the rest of it is wrong; without one all that can be loaded', async () => {
  const broken = { name: 'broken', apiVersion: 1, origin: 'x', load: () => Promise.reject(new Error('no')) };
  const registry = createProviderRegistry([fly, broken, pods]);
  const here = (text: string | null) =>
    providersHere({ registry, cwd: '/nowhere', env: {}, ...(text === null ? {} : { config: text }) });
  expect((await here(null)).map(({ name }) => name)).toEqual(['fly', 'pods']);
  expect((await here('/nowhere/sindri.yaml')).map(({ name }) => name)).toEqual(['fly', 'pods']);
});
