import { deploy } from '../../src/operations/deploy';
import { change, fakeEnvironment, fakeShell, plan, report, summary } from '../fakes';

const request = { dryRun: false, yes: false, detach: false };
const creating = plan([change('app:demo')]);
const losing = plan([change('volume:home', { action: 'delete', impact: ['data-loss'] })]);

function environmentWith(thePlan = creating) {
  return fakeEnvironment({
    plan: async () => thePlan,
    apply: async () => report(),
    status: async () => summary(),
  });
}

const answering = (yes: boolean) => ({
  confirm: async () => yes,
  typed: async () => yes,
  text: async () => null,
  hidden: async () => null,
});

describe('deploy', () => {
  it('plans, shows the plan, asks, applies and looks', async () => {
    const environment = environmentWith();
    const shell = fakeShell({ prompts: answering(true) });
    const result = await deploy(environment, shell, request);
    expect(result.status).toBe('deployed');
    expect(result.summary?.state).toBe('running');
    expect(shell.said.join()).toContain('create app demo');
    expect(environment.calls).toEqual(['plan', 'apply', 'status']);
  });

  it('changes nothing when the answer is no', async () => {
    const environment = environmentWith();
    const attempt = deploy(environment, fakeShell({ prompts: answering(false) }), request);
    await expect(attempt).rejects.toMatchObject({ code: 'OPERATION_CANCELLED', kind: 'cancelled' });
    expect(environment.calls).toEqual(['plan']);
  });

  it('stops after the plan of a dry run', async () => {
    const environment = environmentWith();
    const result = await deploy(environment, fakeShell(), { ...request, dryRun: true });
    expect([result.status, result.plan]).toEqual(['planned', creating]);
    expect(environment.calls).toEqual(['plan']);
  });

  it('does not ask, and writes nothing, when there is nothing to do', async () => {
    const environment = environmentWith(plan([]));
    const result = await deploy(environment, fakeShell(), request);
    expect([result.status, result.summary?.state]).toEqual(['unchanged', 'running']);
    expect(environment.calls).toEqual(['plan', 'status']);
  });

  it('looks after an installation that a deploy before has left, where it has not run for long', async () => {
    const holdFor = async (seen: Parameters<typeof summary>[0], autoInstall = true): Promise<string[]> => {
      const environment = fakeEnvironment({
        spec: { name: 'demo', extensions: { autoInstall, profile: 'fullstack', active: [] } } as never,
        provider: { name: 'fake', title: 'Fake', capabilities: ['hold'] } as never,
        plan: async () => plan([]),
        status: async () => summary(seen),
        hold: async () => ({
          until: '',
          by: ['a lease'],
          ended: Promise.resolve('installed'),
          release: async () => undefined,
        }),
      });
      const { installation } = await deploy(environment, fakeShell(), request);
      return [...environment.calls, installation?.status ?? 'none'];
    };
    const at = (startedAt: string) => ({ timestamps: { ...summary().timestamps, startedAt } });
    expect(await holdFor(at('2026-03-01T11:40:00Z'))).toEqual(['plan', 'status', 'hold', 'installed']);
    expect(await holdFor(at('2026-02-28T12:00:00Z'))).toEqual(['plan', 'status', 'none']);
    expect(await holdFor({ ...at('2026-03-01T11:40:00Z'), state: 'suspended' })).toEqual(['plan', 'status', 'none']);
    expect(await holdFor(at('2026-03-01T11:40:00Z'), false)).toEqual(['plan', 'status', 'none']);
  });

  it('goes on without a terminal when nothing is replaced or lost', async () => {
    expect((await deploy(environmentWith(), fakeShell(), request)).status).toBe('deployed');
  });

  it('needs --yes for a loss without a terminal', async () => {
    const environment = environmentWith(losing);
    await expect(deploy(environment, fakeShell(), request)).rejects.toMatchObject({
      code: 'CONFIRMATION_REQUIRED',
      kind: 'usage',
      hint: expect.stringContaining('--yes'),
    });
    expect(environment.calls).toEqual(['plan']);
    expect((await deploy(environmentWith(losing), fakeShell(), { ...request, yes: true })).status).toBe('deployed');
  });

  it('applies a saved plan unasked, and hands over the limits', async () => {
    let given: unknown;
    const environment = fakeEnvironment({
      apply: async (...args) => {
        given = args;
        return report();
      },
      status: async () => summary(),
    });
    await deploy(environment, fakeShell({ prompts: answering(false) }), {
      ...request,
      plan: losing,
      timeoutMs: 1000,
      lockTimeoutMs: 0,
    });
    expect(given).toEqual([losing, { timeoutMs: 1000, lockTimeoutMs: 0 }]);
  });

  it('refuses a saved plan that destroys', async () => {
    const environment = environmentWith();
    const attempt = deploy(environment, fakeShell(), { ...request, plan: plan([], { intent: 'destroy' }) });
    await expect(attempt).rejects.toMatchObject({ code: 'PLAN_INVALID' });
    expect(environment.calls).toEqual([]);
  });
});
