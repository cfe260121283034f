import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { loadConfig, validateConfig } from '../src/config/load.js';
import { openEnvironment } from '../src/environment/open-environment.js';
import { SindriError } from '../src/model/errors.js';
import type { SindriEvent } from '../src/model/events.js';
import type { JsonValue } from '../src/model/json.js';
import type { Provider } from '../src/provider/contract.js';
import { createProviderRegistry } from '../src/provider/registry.js';
import { createFakeClock } from '@sindri/testkit';
import { change, emptyWorld, fakeProvider } from './fake-provider.js';

const directory = path.join(__dirname, '../../../schemas');
const names = readdirSync(directory).filter((name) => name.endsWith('.schema.json'));

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, strictRequired: false });
ajv.addVocabulary(['errorMessage']);
ajv.addFormat('date-time', true);
for (const name of names) ajv.addSchema(JSON.parse(readFileSync(path.join(directory, name), 'utf8')));

const validatorOf = (name: string): ValidateFunction => {
  const validate = ajv.getSchema(`https://sindri.dev/schemas/${name}.schema.json`);
  if (validate === undefined) throw new Error(`no schema ${name}`);
  return validate;
};

/** As it is after a journey through JSON. */
const accepts = (name: string, value: unknown): void => {
  const validate = validatorOf(name);
  validate(JSON.parse(JSON.stringify(value)));
  expect(validate.errors ?? []).toEqual([]);
};

const refuses = (name: string, value: unknown): void => expect([name, validatorOf(name)(value)]).toEqual([name, false]);

const TEXT = 'version: "3.0"\nname: demo\ndeployment: {provider: fake}\n';

async function open(overrides: Partial<Provider> = {}) {
  const events: SindriEvent[] = [];
  const environment = await openEnvironment({
    config: { text: TEXT },
    cwd: '/project/demo',
    stateDir: '/nowhere',
    providers: [fakeProvider(emptyWorld(), overrides)],
    env: {},
    clock: createFakeClock({ start: 0, sleeps: 'by hand' }),
    random: () => 0.5,
    onEvent: (event) => events.push(event),
  });
  return { environment, events };
}

const at = '2026-01-01T00:00:00.000Z';

describe('the schemas', () => {
  it.each(names)('%s is valid and has the id of its place', (name) => {
    const id = `https://sindri.dev/schemas/${name}`;
    expect(JSON.parse(readFileSync(path.join(directory, name), 'utf8'))).toMatchObject({ $id: id });
    expect(typeof ajv.getSchema(id)).toBe('function');
  });

  it('are all in the README of their package', () => {
    const readme = readFileSync(path.join(directory, 'README.md'), 'utf8');
    expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('what the library answers', () => {
  it('fits plan, apply, status, check and event', async () => {
    const { environment, events } = await open();
    const plan = await environment.plan();
    accepts('plan', plan);
    accepts('apply', await environment.apply(plan));
    accepts('plan', await environment.plan({ intent: 'destroy', keep: ['volume'] }));
    // The document of the command has its tag besides.
    accepts('status', { schema: 'sindri.status/1', ...(await environment.status()) });
    accepts('check', await environment.check());
    expect(events.length).toBeGreaterThan(5);
    for (const event of events) accepts('event', { at, ...event });
  });

  it('fits a rich plan', async () => {
    const { environment } = await open({
      plan: () => ({
        changes: [
          change('machine:demo-1:update', {
            action: 'update',
            differences: [{ field: 'guest.memory_mb', from: 2048, to: 4096, why: 'asked for' }],
            impact: ['restart', 'paid'],
            monthlyCostDelta: 3.5,
          }),
        ],
        notes: [{ level: 'warning', code: 'FAKE_NOTE', message: 'Mind this.' }],
        cost: {
          currency: 'USD',
          monthlyRunning: 20.1,
          monthlyIdle: null,
          items: [{ title: 'machine', monthly: 20.1 }],
          pricesAsOf: '2026-01-01',
        },
      }),
    });
    const plan = await environment.plan();
    accepts('plan', plan);
    const { fingerprint: _fingerprint, ...withoutFingerprint } = plan;
    refuses('plan', withoutFingerprint);
    refuses('plan', { ...plan, intent: 'look' });
    refuses('plan', { ...plan, changes: [{ ...plan.changes[0], impact: ['explosion'] }] });
  });

  it('fits a failed apply, and its error', async () => {
    const { environment, events } = await open({
      apply: () =>
        Promise.reject(new SindriError({ code: 'FAKE_NO', kind: 'refused', message: 'No.', hint: 'Ask again.' })),
    });
    const error = await environment.apply(await environment.plan()).catch((reason: unknown) => reason as SindriError);
    if (!(error instanceof SindriError)) throw new Error('it should have failed');
    accepts('error', { error });
    accepts('apply', error.details['report']);
    for (const event of events) accepts('event', { at, ...event });
    refuses('error', error);
    refuses('error', { error: { ...error.toJSON(), kind: 'odd' } });
  });

  it.each<SindriEvent>([
    { type: 'api.request', method: 'GET', path: '/v1', status: 200, elapsedMs: 1, attempt: 1, requestId: 'x' },
    { type: 'api.retry', method: 'GET', path: '/v1', reason: 'busy', delayMs: 1, attempt: 1 },
    { type: 'lock.waiting', resource: 'machine', holder: 'x', description: 'y', expiresAt: at },
    { type: 'log.line', source: 'app', message: 'x', timestamp: at },
    { type: 'notice', level: 'info', code: 'X_Y', message: 'z' },
    {
      type: 'config.warning',
      problem: { severity: 'warning', code: 'X_Y', message: 'z', path: 'a', line: 1, column: 2 },
    },
    { type: 'change.progress', change: 'a', message: 'b' },
    { type: 'change.skipped', change: 'a', reason: 'b' },
  ])('fits the event $type', (event) => {
    accepts('event', { at, ...event });
    refuses('event', event);
    refuses('event', { at, ...event, type: 'unknown' });
  });

  it('fits the config and what is wrong with it', async () => {
    const options = { env: {}, providers: createProviderRegistry([fakeProvider(emptyWorld())]) };
    const { document } = await loadConfig({ text: TEXT, cwd: '/project/demo' }, options);
    accepts('config-document', document);
    accepts('sindri', document);
    const { name: _name, ...nameless } = document;
    refuses('config-document', nameless);
    refuses('config-document', { ...document, foo: 1 } as JsonValue);

    const { problems, file } = await validateConfig({ text: 'foo: 1', cwd: '/project/demo' }, options);
    const answer = { schema: 'sindri.config-validate/1', valid: false, file, problems };
    accepts('config-validation', answer);
    refuses('config-validation', { ...answer, problems: [{ message: 'x' }] });
  });
});
