import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SindriError, type EnvironmentSummary, type HoldEnd, type Plan } from '@sindri/core';
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

  it('goes on with an installation that a deploy before has left, and looks for none otherwise', async () => {
    const stateDir = mkdtempSync(path.join(tmpdir(), 'sindri-deploy-'));
    const noon = fakeShell().now();
    const deployed = async (
      changes: Plan,
      end: HoldEnd | 'refused',
      { later = 0, ...seen }: Partial<EnvironmentSummary> & { later?: number } = {},
    ): Promise<string[]> => {
      const environment = fakeEnvironment({
        stateDir,
        spec: { name: 'demo', extensions: { autoInstall: true, profile: 'fullstack', active: [] } } as never,
        provider: { name: 'fake', title: 'Fake', capabilities: ['hold'] } as never,
        plan: async () => changes,
        apply: async () => report(),
        status: async () => summary(seen),
        hold: async () => {
          if (end === 'refused')
            throw new SindriError({ code: 'CAPABILITY_UNSUPPORTED', kind: 'refused', message: 'Not now.' });
          return { until: '', by: ['a lease'], ended: Promise.resolve(end), release: async () => undefined };
        },
      });
      const { installation } = await deploy(environment, fakeShell({ now: () => noon + later }), request);
      return [...environment.calls, installation?.status ?? 'none'];
    };
    const nothing = plan([]);
    try {
      expect(await deployed(nothing, 'installed')).toEqual(['plan', 'status', 'none']);
      expect(await deployed(creating, 'released')).toEqual(['plan', 'apply', 'status', 'hold', 'interrupted']);
      expect(await deployed(nothing, 'refused')).toEqual(['plan', 'status', 'hold', 'unprotected']);
      expect(await deployed(nothing, 'installed', { state: 'suspended' })).toEqual(['plan', 'status', 'none']);
      expect(await deployed(nothing, 'installed', { later: 5 * 3_600_000 })).toEqual(['plan', 'status', 'none']);
      expect(await deployed(nothing, 'installed')).toEqual(['plan', 'status', 'hold', 'installed']);
      expect(await deployed(nothing, 'installed')).toEqual(['plan', 'status', 'none']);
    } finally {
      rmSync(stateDir, { recursive: true, force: true });
    }
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
