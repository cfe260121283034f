import type { Provider, SessionMode } from '@sindri/core';
import { CONFORMANCE_CASES } from '../src/cases/all.js';
import type { ConformanceCase } from '../src/conformance-case.js';
import { createReferenceSubject } from '../src/reference/subject.js';
import { runCase } from '../src/run-case.js';
import { findCases, runConformance } from '../src/run.js';
import type { Subject } from '../src/subject.js';

/** A provider that declares nothing optional. */
function bare(provider: Provider): Provider {
  const members = provider.capabilities.map((name) => [name, provider[name]] as const);
  expect(members.map(([, member]) => member)).not.toContain(undefined);
  const none = Object.fromEntries(members.map(([name]) => [name, undefined]));
  return { ...provider, ...none, capabilities: [], instanceCapabilities: [] };
}

function platformCase(run: (bench: unknown) => Promise<void>): ConformanceCase {
  return { name: 'test: case', platform: true, run };
}

describe('skips', () => {
  test('follow what is not declared, with the reason', async () => {
    const report = await runConformance(createReferenceSubject(bare));
    expect(report).toMatchObject({ status: 'passed', failed: 0, capabilities: [] });
    const skipped = report.cases.filter(({ status }) => status === 'skipped');
    expect(skipped).toHaveLength(report.skipped);
    const needing = CONFORMANCE_CASES.filter((item) => item.platform && item.needs !== undefined);
    expect(skipped.map(({ name }) => name)).toEqual(needing.map(({ name }) => name));
    expect(skipped.find(({ name }) => name.startsWith('session: wakes'))?.reason).toBe(
      'the provider does not declare "session" and "power"',
    );
  });

  describe('look at what a capability may lack', () => {
    /** The reference provider, as a platform that cannot do everything would have it: it refuses what it does not offer. */
    async function judge(bend: (provider: Provider) => Partial<Provider>) {
      const report = await runConformance(createReferenceSubject((provider) => ({ ...provider, ...bend(provider) })));
      const failed = report.cases.filter(({ status }) => status === 'failed').map(({ name }) => name);
      const skipped = report.cases.filter(({ status }) => status === 'skipped');
      return { report, failed, skipped: Object.fromEntries(skipped.map(({ name, reason }) => [name, reason])) };
    }

    function offering(...sessionModes: SessionMode[]): (provider: Provider) => Partial<Provider> {
      return ({ session }) => ({
        sessionModes,
        async session(spec, request, context) {
          const modes = [
            ...(request.terminal === undefined || request.command !== undefined ? ['command'] : []),
            ...(request.terminal === undefined ? [] : ['terminal']),
          ];
          const other = modes.find((mode) => !(sessionModes as string[]).includes(mode));
          if (other !== undefined) throw new Error(`was asked for ${other}`);
          return session!(spec, request, context);
        },
      });
    }

    const withoutRestart = {
      'power: restart ends what runs, and starts it again': 'the provider has no "power.restart"',
      'power: restart starts what sleeps': 'the provider has no "power.restart"',
      'power: restart is refused when there is nothing to restart': 'the provider has no "power.restart"',
    };

    test('a platform that plans some intents of a capability only', async () => {
      const { failed, skipped } = await judge(({ volumes, snapshots }) => ({
        volumes: { ...volumes!, intents: ['volume.extend'] },
        snapshots: { ...snapshots!, intents: ['snapshot.create'] },
      }));
      expect(failed).toEqual([]);
      expect(skipped['volumes: one that is used is never deleted']).toBe('the provider does not plan "volume.delete"');
      expect(skipped['snapshots: one that was deleted is gone, the others are not']).toBe(
        'the provider does not plan "snapshot.delete"',
      );
      expect(skipped).not.toHaveProperty('snapshots: to take one does not stop what runs');
    });

    test('a platform that can only stop', async () => {
      const { report, failed, skipped } = await judge(({ power }) => ({
        power: { start: power!.start, stop: power!.stop! },
      }));
      expect([failed, report.power]).toEqual([[], ['start', 'stop']]);
      expect(skipped).toEqual({
        'power: suspend keeps it, start resumes it': 'the provider has no "power.suspend"',
        ...withoutRestart,
      });
    });

    test('a platform that can only pause', async () => {
      const { report, failed, skipped } = await judge(({ power }) => ({
        power: { start: power!.start, suspend: power!.suspend! },
      }));
      expect([failed, report.power]).toEqual([[], ['start', 'suspend']]);
      expect(skipped).toEqual({
        'power: stop ends it, start brings it back': 'the provider has no "power.stop"',
        ...withoutRestart,
      });
    });

    test('a platform that can only pause, and not twice', async () => {
      const { failed } = await judge(({ power }) => ({
        power: {
          start: power!.start,
          async suspend(...args) {
            const result = await power!.suspend!(...args);
            if (result.before === 'suspended') throw new Error('it is paused already');
            return result;
          },
        },
      }));
      expect(failed).toEqual(['power: nothing to do is a success', 'power: suspend keeps it, start resumes it']);
    });

    test('a way in that gives terminals only', async () => {
      const { report, failed, skipped } = await judge(offering('terminal'));
      expect([failed, report.sessionModes]).toEqual([[], ['terminal']]);
      expect(skipped).toEqual({
        'session: keeps stdout and stderr apart': 'the provider opens no session of the mode "command"',
        'session: passes stdin on, byte by byte, to its end': 'the provider opens no session of the mode "command"',
        'session: a process that is killed has no ordinary exit code':
          'the provider opens no session of the mode "command"',
        'session: a command can have a terminal': 'the provider opens no session of the mode "command"',
        'session: without a terminal, resize does nothing': 'the provider opens no session of the mode "command"',
        'session: a signal reaches the process': 'the provider opens no session of the mode "command"',
        'session: the login shell reads commands': 'the provider opens no session of the mode "command"',
      });
    });

    test('a way in without terminals', async () => {
      const { report, failed, skipped } = await judge(offering('command'));
      expect([failed, report.sessionModes]).toEqual([[], ['command']]);
      expect(skipped).toEqual({
        'session: a terminal has the login shell, and can be resized':
          'the provider opens no session of the mode "terminal"',
        'session: a command can have a terminal': 'the provider opens no session of the mode "terminal"',
        'session: a terminal is of the type that was asked for': 'the provider opens no session of the mode "terminal"',
        'session: a terminal has the size that was asked for': 'the provider opens no session of the mode "terminal"',
        'session: resize changes the size of the terminal': 'the provider opens no session of the mode "terminal"',
      });
    });

    test('a way in that gives terminals only, and broken ones', async () => {
      const { failed } = await judge((provider) => ({
        ...offering('terminal')(provider),
        session: async (spec, request, context) => {
          const session = await provider.session!(spec, request, context);
          return { ...session, exited: session.exited.then(() => ({ code: 0, signal: null })) };
        },
      }));
      expect(failed).toEqual([
        'session: returns the exit code',
        'session: a terminal has the login shell, and can be resized',
      ]);
    });
  });

  test('without a subject only the cases that need no platform run', async () => {
    const { create } = createReferenceSubject();
    const report = await runConformance({ create });
    expect(report).toMatchObject({ status: 'passed', failed: 0 });
    const pure = CONFORMANCE_CASES.filter(({ platform }) => !platform);
    expect(report.passed).toBe(pure.length);
    expect(new Set(report.cases.flatMap(({ reason }) => reason ?? []))).toEqual(
      new Set(['the package ships no conformance subject']),
    );
  });
});

describe('a case', () => {
  function rigged(rig: Partial<Awaited<ReturnType<Subject['setup']>>>): Subject {
    const subject = createReferenceSubject();
    return { ...subject, setup: async () => ({ ...(await subject.setup()), ...rig }) };
  }

  test('cleans up after itself, also when it fails', async () => {
    let torn = 0;
    const subject = rigged({ teardown: () => void torn++ });
    const failing = platformCase(async () => Promise.reject(new Error('as planned')));
    await expect(runCase(subject, failing)).resolves.toMatchObject({ status: 'failed', error: 'Error: as planned' });
    expect(torn).toBe(1);
  });

  test('that fails and cannot clean up tells both', async () => {
    const subject = rigged({
      teardown() {
        throw new Error('the broom is lost');
      },
    });
    const report = await runCase(
      subject,
      platformCase(async () => Promise.reject(new Error('as planned'))),
    );
    expect(report).toMatchObject({ status: 'failed', error: 'Error: as planned' });
    expect(report.notes).toEqual(['Afterwards the clean-up failed, too: Error: the broom is lost']);
    const clean = await runCase(
      subject,
      platformCase(async () => undefined),
    );
    expect(clean).toMatchObject({ status: 'failed', error: 'Error: the broom is lost', notes: [] });
  });

  test('that is cancelled is cleaned up before the run ends', async () => {
    const controller = new AbortController();
    const order: string[] = [];
    const subject = rigged({ teardown: () => void order.push('cleaned up') });
    const running = runConformance(
      {
        ...subject,
        setup: async () => {
          controller.abort(new Error('enough'));
          return subject.setup();
        },
      },
      { signal: controller.signal },
    );
    const { status } = await running.finally(() => order.push('ended'));
    expect(status).toBe('aborted');
    expect(order).toEqual(['cleaned up', 'ended']);
  });

  test('that hangs ends as failed and is told to stop', async () => {
    let told: unknown;
    const hanging = platformCase(
      (bench) =>
        new Promise((_resolve, reject) => {
          const { signal } = bench as { signal: AbortSignal };
          signal.addEventListener('abort', () => {
            told = signal.reason;
            reject(signal.reason as Error);
          });
        }),
    );
    const report = await runCase(createReferenceSubject(), hanging, { caseTimeoutMs: 200 });
    expect(report).toMatchObject({ status: 'failed', error: 'Error: it did not end within 200 ms' });
    expect(told).toBeInstanceOf(Error);
  });

  test('with a config that its provider refuses says what is wrong with it', async () => {
    const subject = { ...createReferenceSubject(), config: 'name: 7\n' };
    const report = await runCase(
      subject,
      platformCase(async () => undefined),
    );
    expect(report.error).toMatch(/the config is refused: .*name/);
  });

  test('says what it looked at less closely', async () => {
    const closed = rigged({ inventory: undefined, interruptAfter: undefined, requests: undefined });
    const { cases, status } = await runConformance(closed);
    expect(status).toBe('passed');
    const interrupted = cases.find(({ name }) => name.startsWith('apply: an interrupted run'));
    expect(interrupted?.notes).toEqual([
      'The rig has no inventory; things that the provider lost sight of would not be noticed.',
      'The rig cannot interrupt after a write; runs were interrupted between changes only.',
    ]);
  });
});

test('a run that is cancelled reports what it has', async () => {
  const controller = new AbortController();
  const told: string[] = [];
  const report = await runConformance(createReferenceSubject(), {
    signal: controller.signal,
    onCase({ name }) {
      told.push(name);
      if (told.length === 2) controller.abort(new Error('enough'));
    },
  });
  expect(report).toMatchObject({ status: 'aborted', passed: 2, failed: 0, skipped: CONFORMANCE_CASES.length - 2 });
  expect(report.cases[2]).toMatchObject({ status: 'skipped', reason: 'the run was ended before this case' });
  expect(told).toHaveLength(2);
});

test('a run that is cancelled after something failed has failed', async () => {
  const controller = new AbortController();
  const subject = createReferenceSubject((provider) => ({ ...provider, title: '' }));
  const { status, failed } = await runConformance(subject, {
    signal: controller.signal,
    onCase: () => controller.abort(),
  });
  expect([status, failed]).toEqual(['failed', 1]);
});

describe('findCases', () => {
  test('means a part of the name, in any case', () => {
    expect(findCases('TIME LIMIT')).toEqual(['exec: ends at its time limit']);
    expect(findCases('no such case')).toEqual([]);
  });

  test('means the whole name where there are wildcards', () => {
    const groups = new Set(findCases('exec:*').map((name) => name.split(':')[0]));
    expect([...groups]).toEqual(['exec']);
    expect(findCases('plan: is pur?')).toEqual(['plan: is pure']);
    // A dot and a bracket are nothing but themselves.
    expect(findCases('plan: is pur.')).toEqual([]);
    expect(findCases('[a-z]*')).toEqual([]);
  });

  test('chooses what a run consists of', async () => {
    const only = findCases('identity:*');
    const { status, cases } = await runConformance(createReferenceSubject(), { only });
    expect([status, cases.map(({ name }) => name)]).toEqual(['passed', only]);
  });
});

describe('what the kit asks of a provider', () => {
  test('is as core would ask it: no member is undefined', async () => {
    const asked: string[] = [];
    const whole = (what: string, request: object | undefined): void => {
      for (const [name, value] of Object.entries(request ?? {})) if (value === undefined) asked.push(`${what}.${name}`);
    };
    const strict = (provider: Provider): Provider => ({
      ...provider,
      observe(spec, context, request) {
        whole('observe', request);
        return provider.observe(spec, context, request);
      },
      plan(request, observation) {
        whole('plan', request);
        if (!['deploy', 'secrets.set'].includes(request.intent) && request.secrets.length > 0)
          asked.push('plan.secrets');
        return provider.plan(request, observation);
      },
      session(spec, request, context) {
        whole('session', request);
        return provider.session!(spec, request, context);
      },
      exec(spec, request, context) {
        whole('exec', request);
        return provider.exec!(spec, request, context);
      },
      dial(spec, request, context) {
        whole('dial', request);
        return provider.dial!(spec, request, context);
      },
      logs(spec, request, context) {
        whole('logs', request);
        return provider.logs!(spec, request, context);
      },
    });
    const { failed } = await runConformance(createReferenceSubject(strict));
    expect([failed, [...new Set(asked)]]).toEqual([0, []]);
  });

  test('has the options that the provider requires, from its sample', async () => {
    const demanding = (provider: Provider): Provider => ({
      ...provider,
      optionsSchema: { ...provider.optionsSchema, required: ['greeting'] },
    });
    const { create } = createReferenceSubject(demanding);
    expect((await runConformance({ create })).cases.filter(({ status }) => status === 'failed')).toEqual([]);
    const silent = runConformance({ create: () => ({ ...create(), sample: {} }) });
    expect((await silent).cases.filter(({ status }) => status === 'failed').map(({ name }) => name)).toContain(
      'sample: the provider accepts what config init writes for it',
    );
  });
});

describe('shared rigs', () => {
  const sharing = CONFORMANCE_CASES.filter((item) => item.platform && item.leavesDeployed !== undefined);

  /** The reference subject, with a record of its rigs. `open` is how many there are at once, at most. */
  function countedSubject(bend?: (provider: Provider) => Provider) {
    const subject = createReferenceSubject(bend);
    const count = { setups: 0, open: 0, most: 0 };
    const setup = async (): ReturnType<Subject['setup']> => {
      const rig = await subject.setup();
      count.setups += 1;
      count.open += 1;
      count.most = Math.max(count.most, count.open);
      return { ...rig, teardown: () => void (count.open -= 1) };
    };
    return { subject: { ...subject, setup }, count };
  }

  test('save the deploys of the cases that leave the environment as it was', async () => {
    const [own, shared] = [countedSubject(), countedSubject()];
    const report = await runConformance(shared.subject, { shareRigs: true });
    expect(report).toMatchObject({ status: 'passed', failed: 0 });
    const alone = await runConformance(own.subject);
    expect(report.cases.map(({ name }) => name).sort()).toEqual(alone.cases.map(({ name }) => name).sort());
    expect(own.count.setups - shared.count.setups).toBe(sharing.length - 1);
    expect(shared.count).toMatchObject({ open: 0, most: 1 });
  });

  test('are made anew after a case that has failed', async () => {
    const { subject, count } = countedSubject((provider) => ({
      ...provider,
      exec: () => Promise.reject(new Error('not today')),
    }));
    const only = [...findCases('exec: passes stdin on'), ...findCases('logs: *')];
    const { cases } = await runConformance(subject, { shareRigs: true, only });
    expect(cases.map(({ status }) => status)).toEqual(['failed', 'passed', 'passed', 'passed', 'passed']);
    expect(count).toEqual({ setups: 2, open: 0, most: 1 });
  });
});

describe('credentials', () => {
  /** A provider whose token has a name that says nothing, and which tells it to everybody. */
  function leaking(name: string): (provider: Provider) => Provider {
    return (provider) => ({
      ...provider,
      check: (request, context) => provider.check(request, { ...context, env: { REFERENCE_TOKEN: context.env[name] } }),
      observe: (spec, context, request) =>
        provider.observe(spec, { ...context, env: { REFERENCE_TOKEN: context.env[name] } }, request),
      async apply(change, context) {
        const env = { REFERENCE_TOKEN: context.env[name] };
        const result = await provider.apply(change, { ...context, env });
        return { ...result, result: { ...result.result, signedIn: String(context.env[name]) } };
      },
    });
  }

  function subjectWith(credentials?: string[]): Subject {
    const subject = createReferenceSubject(leaking('REFERENCE_PASS'));
    return {
      ...subject,
      ...(credentials === undefined ? {} : { credentials }),
      async setup() {
        const { env, ...rig } = await subject.setup();
        return { ...rig, env: { REFERENCE_PASS: env?.['REFERENCE_TOKEN'] } };
      },
    };
  }

  const secrecy = { only: findCases('no secret value appears') };

  test('are what the subject says', async () => {
    const { cases } = await runConformance(subjectWith(['REFERENCE_PASS']), secrecy);
    expect(cases).toMatchObject([{ status: 'failed', error: expect.stringContaining('a secret value appears in') }]);
  });

  test('are said to be missing where nobody knows them', async () => {
    const { cases } = await runConformance(subjectWith(), secrecy);
    expect(cases).toMatchObject([
      { status: 'passed', notes: [expect.stringContaining('No variable of the rig is a credential')] },
    ]);
  });
});
