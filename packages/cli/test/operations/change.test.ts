import { SindriError, type Environment, type EnvironmentSummary, type Plan } from '@sindri/core';
import { formatError } from '../../src/format/error';
import { walk, type ChangeRequest } from '../../src/operations/change';
import { deploy } from '../../src/operations/deploy';
import { destroy } from '../../src/operations/destroy';
import { extendVolume } from '../../src/operations/extend-volume';
import { change, fakeEnvironment, fakeShell, plain, plan, report, summary } from '../fakes';

const extending = plan([change('volume:home:extend', { action: 'update', title: 'extend volume home to 40 GB' })], {
  intent: 'volume.extend',
  parameters: { sizeGb: 40 },
});
const blind = [{ id: 'volume:home', type: 'volume', name: 'home', reason: 'Fly answered 500' }];
const asked: unknown[] = [];

function environmentWith(thePlan: Plan, members: Partial<Environment> = {}) {
  asked.length = 0;
  return fakeEnvironment({
    plan: async (options) => {
      asked.push(options);
      return thePlan;
    },
    apply: async () => report({ intent: thePlan.intent }),
    status: async () => summary({ resources: { memoryMb: 4096, cpus: 2, volumeGb: 40 } }),
    ...members,
  });
}

const failing = (error: Error) => async (): Promise<never> => Promise.reject(error);
const rejection = (work: Promise<unknown>): Promise<SindriError> =>
  work.then(
    () => Promise.reject(new Error('it did not reject')),
    (error: SindriError) => error,
  );

describe('any intent walks the road', () => {
  it('plans, applies and looks', async () => {
    const environment = environmentWith(extending);
    const result = await extendVolume(environment, fakeShell(), { size: '40GB', volume: 'home' });
    expect(asked).toEqual([{ intent: 'volume.extend', sizeGb: 40, volume: 'home' }]);
    expect(result).toMatchObject({
      schema: 'sindri.change/1',
      intent: 'volume.extend',
      status: 'applied',
      report: { status: 'succeeded' },
      summary: { resources: { volumeGb: 40 } },
    });
    expect(environment.calls).toEqual(['plan', 'apply', 'status']);
  });

  it('stops after the plan of a dry run, destroy as well', async () => {
    const environment = environmentWith(extending);
    expect(await extendVolume(environment, fakeShell(), { size: '40GB', dryRun: true })).toMatchObject({
      status: 'planned',
      plan: extending,
      summary: null,
    });
    expect(environment.calls).toEqual(['plan']);

    const going = plan([change('volume:home', { action: 'delete', monthlyCostDelta: -4.5, impact: ['data-loss'] })], {
      intent: 'destroy',
    });
    const doomed = environmentWith(going);
    expect(await destroy(doomed, fakeShell(), { keepVolumes: false, dryRun: true })).toMatchObject({
      schema: 'sindri.destroy/1',
      status: 'planned',
      plan: going,
      report: null,
      monthlySaved: 4.5,
    });
    expect(doomed.calls).toEqual(['plan']);
  });

  it('shows a plan beyond its budget, and goes no further, dry run or not', async () => {
    const cost = { currency: 'USD', monthlyRunning: 34.78, monthlyIdle: 5.7, items: [], pricesAsOf: null };
    const dear = plan([change('machine:demo', { monthlyCostDelta: 34.78 })], {
      cost,
      budget: { monthly: 15, of: 'always-on' },
    });
    for (const dryRun of [false, true]) {
      const said: string[] = [];
      const shell = { ...fakeShell(), say: (text: (style: typeof plain) => string) => void said.push(text(plain)) };
      const environment = environmentWith(dear);
      const error = await rejection(deploy(environment, shell, { detach: false, dryRun, yes: true }));
      expect(error).toMatchObject({
        code: 'PLAN_OVER_BUDGET',
        kind: 'policy',
        details: { monthly: 34.78, budget: 15 },
      });
      expect(said.join('')).toContain('demo on fake: 1 change to make');
      expect(environment.calls).toEqual(['plan']);
    }
  });

  it.each<[string, Partial<Plan['changes'][number]>, ChangeRequest, string | null]>([
    ['what loses data', { impact: ['data-loss'] }, {}, 'CONFIRMATION_REQUIRED'],
    ['what replaces', { impact: ['replace'] }, {}, 'CONFIRMATION_REQUIRED'],
    ['what replaces, with --yes', { impact: ['replace'] }, { yes: true }, null],
    ['what only costs', { impact: ['paid', 'restart'] }, {}, null],
  ])('without a terminal: %s', async (_title, rest, request, code) => {
    const risky = plan([change('volume:home', rest)], { intent: 'volume.extend' });
    const environment = environmentWith(risky);
    const attempt = extendVolume(environment, fakeShell(), { ...request, size: '40GB' });
    if (code === null) return expect((await attempt).status).toBe('applied');
    await expect(attempt).rejects.toMatchObject({ code, details: { flag: '--yes' } });
    expect(environment.calls).toEqual(['plan']);
  });

  it.each([
    ['nothing', undefined],
    ['a word', 'large'],
    ['zero', '0GB'],
  ])('refuses %s for a size before any request', async (_title, size) => {
    const environment = environmentWith(extending);
    await expect(extendVolume(environment, fakeShell(), { size })).rejects.toMatchObject({ code: 'USAGE' });
    expect(environment.calls).toEqual([]);
  });
});

describe('a saved plan', () => {
  it('needs no second word about what it says', async () => {
    const environment = environmentWith(extending);
    expect((await extendVolume(environment, fakeShell(), { plan: extending })).status).toBe('applied');
    expect(environment.calls).toEqual(['apply', 'status']);
  });

  it('of another intent is refused, with the command that applies it', async () => {
    const next = (words: string) => `sindri ${words} --local`;
    const environment = environmentWith(extending);
    await expect(deploy(environment, fakeShell(), { detach: false, plan: extending, next })).rejects.toMatchObject({
      code: 'PLAN_INVALID',
      message: 'This is a plan for "volume.extend"; deploy does not apply it.',
      hint: 'Run: sindri volume extend --local --plan FILE',
    });
    await expect(
      destroy(environment, fakeShell(), { keepVolumes: false, plan: plan([], { intent: 'deploy' }) }),
    ).rejects.toMatchObject({ code: 'PLAN_INVALID', hint: 'Run: sindri deploy --plan FILE' });
    expect(environment.calls).toEqual([]);
  });

  it('that says something else than the command line is refused', async () => {
    const environment = environmentWith(extending);
    await expect(extendVolume(environment, fakeShell(), { size: '50GB', plan: extending })).rejects.toMatchObject({
      code: 'PLAN_INVALID',
      message: 'This plan was made for another "sizeGb": 40, not 50.',
    });
    const everything = plan([change('volume:home', { action: 'delete' })], { intent: 'destroy' });
    await expect(
      destroy(environment, fakeShell(), { keepVolumes: true, yes: true, plan: everything }),
    ).rejects.toMatchObject({ code: 'PLAN_INVALID' });
    expect(environment.calls).toEqual([]);
  });

  it('of a destroy still wants the name', async () => {
    const going = plan([change('app:demo', { action: 'delete' })], { intent: 'destroy' });
    const attempt = destroy(environmentWith(going), fakeShell(), { keepVolumes: false, plan: going });
    await expect(attempt).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED' });
  });

  it('that is empty is judged by core all the same: the world may be another by now', async () => {
    const environment = environmentWith(extending, {
      apply: failing(new SindriError({ code: 'PLAN_STALE', kind: 'incomplete', message: 'It has changed.' })),
    });
    const attempt = deploy(environment, fakeShell(), { detach: false, plan: plan([]) });
    await expect(attempt).rejects.toMatchObject({ code: 'PLAN_STALE' });
  });
});

describe('what a config sends elsewhere', () => {
  const consents = [{ code: 'outside-project' as const, message: 'KEY is read from /etc/key.', key: 'k1' }];
  const sending = plan([change('app:demo')], { consents });
  const answering = (yes: boolean) => ({
    confirm: async () => yes,
    typed: async () => yes,
    text: async () => null,
    hidden: async () => null,
  });
  /** The options that `apply` was called with. */
  async function applied(request: ChangeRequest, prompts: ReturnType<typeof answering> | null) {
    let given: unknown;
    const environment = environmentWith(sending, {
      apply: async (_plan, options) => {
        given = options;
        return report();
      },
    });
    const shell = fakeShell({ prompts });
    await deploy(environment, shell, { ...request, detach: false });
    return given;
  }

  it('is agreed to with --yes, or at the terminal, also for a saved plan', async () => {
    expect(await applied({ yes: true }, null)).toEqual({ consent: true });
    expect(await applied({}, answering(true))).toEqual({ consent: true });
    expect(await applied({ plan: sending }, answering(true))).toEqual({ consent: true });
    await expect(applied({ plan: sending }, answering(false))).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
  });

  it('is left to core when nobody was asked: it refuses', async () => {
    expect(await applied({}, null)).toEqual({});
    expect(await applied({ plan: sending }, null)).toEqual({});
  });
});

describe('after the apply', () => {
  const broken = new SindriError({
    code: 'FLY_QUOTA',
    kind: 'refused',
    message: 'No more machines.',
    details: { report: report({ status: 'failed' }) as never },
  });

  it('a failure comes with what is there, which is the last line', async () => {
    const half = summary({ state: 'incomplete', platformState: null, stateReason: 'The app has no machine.' });
    const environment = environmentWith(plan([change('app:demo')]), {
      apply: failing(broken),
      status: async () => half,
    });
    const error = await rejection(deploy(environment, fakeShell(), { detach: false }));
    expect(error).toMatchObject({
      code: 'FLY_QUOTA',
      kind: 'refused',
      details: { report: { status: 'failed' }, summary: { state: 'incomplete' } },
    });
    const lines = formatError(error.toJSON(), plain).split('\n');
    expect(lines.at(-1)).toBe('Now: demo is incomplete. The app has no machine.');
  });

  it('a failure stays as it is when nobody can look', async () => {
    const environment = environmentWith(plan([change('app:demo')]), {
      apply: failing(broken),
      status: failing(new Error('no network')),
    });
    expect(await rejection(deploy(environment, fakeShell(), { detach: false }))).toBe(broken);
  });

  it('nobody looks when nothing was changed', async () => {
    const stale = new SindriError({ code: 'PLAN_STALE', kind: 'incomplete', message: 'It has changed.' });
    const environment = environmentWith(plan([change('app:demo')]), { apply: failing(stale) });
    expect(await rejection(deploy(environment, fakeShell(), { detach: false }))).toBe(stale);
    expect(environment.calls).toEqual(['plan', 'apply']);
  });

  it('what could not be read keeps it from being a success, and the report is there', async () => {
    const partly = plan([change('app:demo', { action: 'delete' })], { intent: 'destroy', unobserved: blind });
    const environment = environmentWith(partly, { plan: async () => partly });
    const error = await rejection(
      walk(environment, fakeShell(), { wanted: { intent: 'destroy' }, look: async () => 'looked' }, { yes: true }),
    );
    expect(error).toMatchObject({
      code: 'PLAN_UNOBSERVED',
      kind: 'incomplete',
      message: expect.stringContaining('volume home (Fly answered 500) could not be read'),
      details: { report: { status: 'succeeded' }, resources: blind },
    });
    expect(error.hint).not.toContain('Nothing was changed');
  });

  it('a look that sees nothing does not say that nothing was changed', async () => {
    const going = plan([change('app:demo', { action: 'delete' })], { intent: 'destroy' });
    const unseen = new SindriError({
      code: 'PLAN_UNOBSERVED',
      kind: 'incomplete',
      message: 'Nobody knows.',
      hint: 'Nothing was changed.',
      details: { resources: blind },
    });
    const plans = [async () => going, failing(unseen)];
    const environment = environmentWith(going, { plan: async () => (plans.shift() as () => Promise<Plan>)() });
    const error = await rejection(destroy(environment, fakeShell(), { keepVolumes: false, yes: true }));
    expect(error).toMatchObject({ code: 'PLAN_UNOBSERVED', details: { report: { status: 'succeeded' } } });
    expect(error.hint).not.toContain('Nothing was changed');
  });
});

describe('a deploy is a success only when the environment can be used', () => {
  const ending = (rest: Partial<EnvironmentSummary>, { changes = false, detach = false } = {}) =>
    deploy(
      environmentWith(changes ? plan([change('app:demo')]) : plan([]), { status: async () => summary(rest) }),
      fakeShell(),
      { detach },
    );

  it.each(['absent', 'incomplete', 'failed', 'unknown', 'destroying', 'creating'] as const)('%s', async (state) => {
    for (const changes of [false, true]) {
      await expect(ending({ state, stateReason: 'It has a reason.' }, { changes })).rejects.toMatchObject({
        code: 'DEPLOY_INCOMPLETE',
        kind: 'incomplete',
        message: expect.stringContaining('It has a reason.'),
        hint: expect.stringContaining('sindri '),
        details: { state, summary: { state } },
      });
    }
  });

  it('names only what the provider can do', async () => {
    const failed = { status: async () => summary({ state: 'failed' }) };
    const hintWith = async (capabilities: string[]) => {
      const provider = { name: 'fake', capabilities } as unknown as Environment['provider'];
      const environment = environmentWith(plan([]), { ...failed, provider });
      return (await rejection(deploy(environment, fakeShell(), { detach: false }))).hint;
    };
    expect(await hintWith(['logs', 'power'])).toMatch(/sindri logs[\s\S]*sindri start[\s\S]*sindri destroy/);
    expect(await hintWith([])).not.toMatch(/logs|start/);
  });

  it.each(['running', 'stopping', 'stopped', 'suspending', 'suspended'] as const)('%s is fine', async (state) => {
    expect((await ending({ state })).status).toBe('unchanged');
  });

  it('being created is fine for somebody who does not wait', async () => {
    expect((await ending({ state: 'creating' }, { changes: true, detach: true })).status).toBe('deployed');
  });
});

it('a second destroy that keeps the volumes knows what was kept', async () => {
  const environment = environmentWith(plan([], { intent: 'destroy', keep: ['volume'] }), {
    observe: async () => ({
      environment: 'demo',
      provider: 'fake',
      observedAt: '2026-03-01T12:00:00Z',
      facts: {},
      resources: [{ id: 'volume:home', type: 'volume', name: 'home', status: 'present' as const }],
    }),
  });
  expect(await destroy(environment, fakeShell(), { keepVolumes: true })).toMatchObject({
    status: 'absent',
    kept: ['volume home'],
    report: null,
  });
});
