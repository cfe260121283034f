import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ConfigProblem, Environment, Plan } from '@sindri/core';
import { deploy } from '../../src/operations/deploy';
import { destroy } from '../../src/operations/destroy';
import { openPlanReader } from '../../src/operations/plan-reader';
import { change, fakeEnvironment, fakeShell, plan, report, summary } from '../fakes';

const idle = { level: 'info', code: 'FLY_IDLE', message: 'It suspends after some minutes.' } as const;
const reused = { level: 'info', code: 'FLY_VOLUME_REUSED', message: 'The volume is used again.' } as const;
const floating = { level: 'warning', code: 'FLY_IMAGE_FLOATING', message: 'A floating tag is used.' } as const;
const odd: ConfigProblem = { severity: 'warning', code: 'CONFIG_ODD', path: 'name', message: 'This is odd.' };
const some = [change('app:demo')];

describe('what is shown of a plan', () => {
  let stateDir: string;
  beforeEach(() => (stateDir = mkdtempSync(path.join(tmpdir(), 'sindri-told-'))));
  afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

  const environment = (members: Partial<Environment> = {}) =>
    fakeEnvironment({ stateDir, warnings: [odd], ...members });
  const reader = (verbose = false) => openPlanReader(environment(), verbose);
  const codes = ({ notes }: Plan) => notes.map(({ code }) => code);

  it('is new to somebody who has never deployed from here', async () => {
    const shown = (await reader()).shown(plan(some, { notes: [idle, floating] }));
    expect(codes(shown)).toEqual(['FLY_IDLE', 'FLY_IMAGE_FLOATING']);
  });

  it('is not what the last deploy has told, but warnings stay while something changes', async () => {
    await (await reader()).ended(plan(some, { notes: [idle, floating] }));
    const next = plan(some, { notes: [idle, floating, reused] });
    expect(codes((await reader()).shown(next))).toEqual(['FLY_IMAGE_FLOATING', 'FLY_VOLUME_REUSED']);
    expect(codes((await reader(true)).shown(next))).toEqual(['FLY_IDLE', 'FLY_IMAGE_FLOATING', 'FLY_VOLUME_REUSED']);
  });

  it('is new again once it had ceased to hold', async () => {
    await (await reader()).ended(plan(some, { notes: [reused] }));
    await (await reader()).ended(plan([], { notes: [idle] }));
    expect(codes((await reader()).shown(plan(some, { notes: [idle, reused] })))).toEqual(['FLY_VOLUME_REUSED']);
  });

  it('is nothing over "nothing to do" but a new warning', async () => {
    const nothing = plan([], { notes: [idle, floating] });
    expect(codes((await reader()).shown(nothing))).toEqual(['FLY_IMAGE_FLOATING']);
    expect((await reader()).warnings(nothing)).toEqual([odd]);
    await (await reader()).ended(nothing);
    expect(codes((await reader()).shown(nothing))).toEqual([]);
    expect((await reader()).warnings(nothing)).toEqual([]);
    expect((await reader(true)).warnings(nothing)).toEqual([odd]);
    expect((await reader()).warnings(plan(some))).toEqual([odd]);
  });

  it('is everything for any other intent', async () => {
    await (await reader()).ended(plan(some, { notes: [idle] }));
    expect(codes((await reader()).shown(plan([], { intent: 'destroy', notes: [idle] })))).toEqual(['FLY_IDLE']);
  });

  it('is told once on the road, and the document has all of it', async () => {
    const thePlan = plan(some, { notes: [idle, floating] });
    const walking = environment({
      plan: async () => thePlan,
      apply: async () => report(),
      status: async () => summary(),
    });
    const said = async () => {
      const shell = fakeShell();
      const result = await deploy(walking, shell, { detach: false, reader: await openPlanReader(walking, false) });
      expect(result.plan).toBe(thePlan);
      return shell.said.join('\n');
    };
    expect(await said()).toContain(idle.message);
    const again = await said();
    expect(again).not.toContain(idle.message);
    expect(again).toContain(floating.message);
  });
});

describe('a config file that names another environment than before', () => {
  let stateDir: string;
  beforeEach(() => (stateDir = mkdtempSync(path.join(tmpdir(), 'sindri-renamed-'))));
  afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

  const named = (name: string, file: string | null = '/project/sindri.yaml') =>
    fakeEnvironment({ stateDir, file, spec: { name } as Environment['spec'] });
  const cost = { currency: 'USD', monthlyRunning: 25.1, monthlyIdle: 4.5, items: [], pricesAsOf: null };
  const shownFor = async (name: string, file?: string | null) =>
    (await openPlanReader(named(name, file), false)).shown(plan(some)).notes.map(({ message }) => message);

  it('is told what it has left behind, and what that costs', async () => {
    await (await openPlanReader(named('old'), false)).begins(plan(some, { environment: 'old', cost }));
    expect(await shownFor('old')).toEqual([]);
    const [message = '', ...more] = await shownFor('new');
    expect(more).toEqual([]);
    expect(message).toMatch(/"old" on fake before.*\$25\.10 a month always on, \$4\.50 asleep/);
    expect(message).toContain('run `sindri destroy` with `name: old` in the file');
    expect(await shownFor('new', '/elsewhere/sindri.yaml')).toEqual([]);
    expect(await shownFor('new', null)).toEqual([]);
  });

  it('is told once, also where a failed deploy comes between, and never after a destroy', async () => {
    await (await openPlanReader(named('old'), false)).begins(plan(some, { environment: 'old', cost: null }));
    const renamed = await openPlanReader(named('new'), false);
    await renamed.begins(plan(some, { environment: 'new' }));
    expect(await shownFor('new')).toHaveLength(1);
    await renamed.ended(plan(some, { environment: 'new' }));
    expect(await shownFor('new')).toEqual([]);

    const doomed = named('old');
    Object.assign(doomed, { plan: async () => plan([], { intent: 'destroy', environment: 'old' }) });
    await destroy(doomed, fakeShell(), { keepVolumes: false, reader: await openPlanReader(doomed, false) });
    expect(await shownFor('third')).toEqual([expect.stringContaining('"new"')]);
  });
});
