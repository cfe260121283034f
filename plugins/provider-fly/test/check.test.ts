import type { CheckReport, EnvironmentSpec } from '@sindri/core';
import { createFlyProvider } from '../src/index';
import { jumpingClock, testContext, type TestContext } from './support/context';
import { spec } from './planner/support/specs';
import { startScriptedFly, type ScriptedAnswer, type ScriptedFly } from './support/scripted-fly';

describe('check', () => {
  let fly: ScriptedFly;
  let context: TestContext;

  const check = async (
    answers: Record<string, ScriptedAnswer>,
    env: Record<string, string>,
    wanted?: EnvironmentSpec,
  ): Promise<CheckReport> => {
    fly = await startScriptedFly(({ path }) => answers[path] ?? { status: 404, body: '404 page not found' });
    context = testContext({ clock: jumpingClock(), env: { FLY_FLAPS_BASE_URL: fly.url, ...env } });
    return createFlyProvider().check(wanted === undefined ? {} : { spec: wanted }, context);
  };
  const statuses = ({ items }: CheckReport): Record<string, string> =>
    Object.fromEntries(items.map(({ id, status }) => [id, status]));
  const regions = { '/v1/platform/regions': { body: { Regions: [{ code: 'sjc', name: 'San Jose' }] } } };

  afterEach(async () => {
    await fly.stop();
    context.remove();
  });

  it('all is well', async () => {
    const report = await check(
      { ...regions, '/v1/tokens/current': { body: { tokens: [{ org_slug: 'acme' }] } } },
      { FLY_API_TOKEN: 'fm2_x' },
    );
    expect(statuses(report)).toEqual({ reachability: 'ok', token: 'ok', access: 'ok' });
    expect(report.items.find(({ id }) => id === 'access')?.message).toContain('acme');
  });

  it('tells everything that is missing at once, each with its fix', async () => {
    const report = await check({ '/v1/platform/regions': { status: 500, body: {} } }, {});
    expect(statuses(report)).toEqual({ reachability: 'failed', token: 'failed', access: 'skipped' });
    for (const item of report.items.filter(({ status }) => status === 'failed')) expect(item.fix).toBeTruthy();
  });

  it('a refused token', async () => {
    const report = await check(
      { ...regions, '/v1/tokens/current': { status: 401, body: {} } },
      { FLY_API_TOKEN: 'fo1_x' },
    );
    expect(statuses(report)).toMatchObject({ token: 'ok', access: 'failed' });
  });

  it.each([
    ['sjc', false, 'ok', /San Jose is on offer/],
    ['bom', false, 'failed', /offers no region bom/],
    ['bom', true, 'warning', /what exists goes on/],
  ])('region %s, app there: %s', async (region, appExists, status, message) => {
    const list = {
      Regions: [
        { code: 'sjc', name: 'San Jose' },
        { code: 'bom', name: 'Mumbai', deprecated: true },
      ],
    };
    const report = await check(
      {
        '/v1/platform/regions': { body: list },
        '/v1/apps/demo': appExists
          ? { body: { id: 'a1', name: 'demo' } }
          : { status: 404, body: { error: 'Could not find App "demo"' } },
      },
      { FLY_API_TOKEN: 'fo1_x' },
      spec({ name: 'demo', fly: { region } }),
    );
    expect(report.items.find(({ id }) => id === 'region')).toMatchObject({
      status,
      message: expect.stringMatching(message),
    });
  });

  it('a server that is no Machines API has no say about the app name', async () => {
    const report = await check(regions, { FLY_API_TOKEN: 'fo1_x' }, spec({ name: 'demo' }));
    const item = report.items.find(({ id }) => id === 'access');
    expect(item).toMatchObject({ status: 'failed', fix: expect.stringContaining('FLY_FLAPS_BASE_URL') });
    expect(item?.message).not.toContain('is free');
  });

  it.each([
    [{ body: { apps: [] } }, 'ok'],
    [{ status: 404, body: { error: 'Could not find Organization "acme"' } }, 'failed'],
    [{ status: 403, body: { error: 'unauthorized' } }, undefined],
  ])('an organization of which Fly says %j', async (answer, status) => {
    const free = { status: 404, body: { error: 'Could not find App "demo"' } };
    const report = await check(
      { ...regions, '/v1/apps/demo': free, '/v1/apps': answer, '/v1/apps?org_slug=acme': answer },
      { FLY_API_TOKEN: 'fo1_x' },
      spec({ name: 'demo', fly: { organization: 'acme' } }),
    );
    const item = report.items.find(({ id }) => id === 'organization');
    expect(item?.status).toBe(status);
    if (status === 'failed') expect(item?.fix).toContain('providers.fly.organization');
  });

  it.each([
    ['locked to another app', { body: { tokens: [{ org_slug: 'acme', apps: ['other'] }] } }, 'failed'],
    ['for an organization', { body: { tokens: [{ org_slug: 'acme', apps: null }] } }, 'ok'],
    ['of which Fly tells nothing', { status: 500, body: {} }, 'ok'],
  ])('an app that is still to be made, and a token %s', async (_title, answer, status) => {
    const free = { status: 404, body: { error: 'Could not find App "demo"' } };
    const report = await check(
      { ...regions, '/v1/apps/demo': free, '/v1/tokens/current': answer },
      { FLY_API_TOKEN: 'fm2_x' },
      spec({ name: 'demo' }),
    );
    const item = report.items.find(({ id }) => id === 'access');
    expect(item?.status).toBe(status);
    if (status === 'failed')
      expect(item?.message).toBe('It is, but it is locked to other: it sees no app demo, and cannot make one.');
    else expect(item?.message).toBe('The app name demo is free.');
  });

  it('a host that cannot tell whose token it is', async () => {
    expect(statuses(await check(regions, { FLY_API_TOKEN: 'fo1_x' }))).toMatchObject({ access: 'skipped' });
  });
});
