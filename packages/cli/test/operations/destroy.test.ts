import type { Plan } from '@sindri/core';
import { destroy } from '../../src/operations/destroy';
import { change, fakeEnvironment, fakeShell, plan, report } from '../fakes';

const request = { yes: false, keepVolumes: false };
const going = plan(
  [
    change('app:demo', { action: 'delete', monthlyCostDelta: -2, impact: ['data-loss'] }),
    change('volume:home', { action: 'delete', monthlyCostDelta: -4.5, impact: ['data-loss'] }),
  ],
  { intent: 'destroy' },
);
const gone = plan([], { intent: 'destroy' });

/** Plans `plans` one after the other. */
function environmentWith(...plans: Plan[]) {
  const asked: unknown[] = [];
  const environment = fakeEnvironment({
    plan: async (options) => {
      asked.push(options);
      return plans.shift() ?? gone;
    },
    apply: async () => report({ intent: 'destroy' }),
    observe: async () => ({
      environment: 'demo',
      provider: 'fake',
      observedAt: '2026-03-01T12:00:00Z',
      facts: {},
      resources: [
        { id: 'volume:home', type: 'volume', name: 'home', status: 'present' as const },
        { id: 'app', type: 'app', name: 'demo', status: 'absent' as const },
      ],
    }),
  });
  return Object.assign(environment, { asked });
}

const typing = (word: string) => ({
  confirm: async () => false,
  typed: async (_q: string, wanted: string) => word === wanted,
  text: async () => null,
  hidden: async () => null,
});

describe('destroy', () => {
  it('shows what is lost, asks for the name, and looks again', async () => {
    const environment = environmentWith(going, gone);
    const shell = fakeShell({ prompts: typing('demo') });
    const result = await destroy(environment, shell, request);
    expect(result).toMatchObject({ status: 'destroyed', monthlySaved: 6.5, kept: [] });
    expect(shell.said.join('\n')).toContain('data is lost');
    expect(environment.calls).toEqual(['plan', 'apply', 'plan']);
  });

  it('changes nothing when another name was typed', async () => {
    const environment = environmentWith(going);
    const attempt = destroy(environment, fakeShell({ prompts: typing('other') }), request);
    await expect(attempt).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    expect(environment.calls).toEqual(['plan']);
  });

  it('names the flag when there is no terminal', async () => {
    const environment = environmentWith(going);
    await expect(destroy(environment, fakeShell(), request)).rejects.toMatchObject({
      code: 'CONFIRMATION_REQUIRED',
      hint: expect.stringContaining('--yes'),
    });
    expect(environment.calls).toEqual(['plan']);
  });

  it('needs no consent when there is nothing', async () => {
    const environment = environmentWith(gone);
    expect((await destroy(environment, fakeShell(), request)).status).toBe('absent');
    expect(environment.calls).toEqual(['plan']);
  });

  it('keeps the volumes and says so', async () => {
    const environment = environmentWith(going, gone);
    const result = await destroy(environment, fakeShell(), { yes: true, keepVolumes: true });
    expect(environment.asked[0]).toEqual({ intent: 'destroy', keep: ['volume'] });
    expect(result.kept).toEqual(['volume home']);
  });

  it('does not believe a destroy that left something', async () => {
    const left = plan([change('volume:home', { action: 'delete' })], { intent: 'destroy' });
    const attempt = destroy(environmentWith(going, left), fakeShell(), { ...request, yes: true });
    await expect(attempt).rejects.toMatchObject({
      code: 'DESTROY_INCOMPLETE',
      kind: 'incomplete',
      message: expect.stringContaining('volume home'),
    });
  });
});
