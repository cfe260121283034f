import { listEnvironments, type Environment } from '@sindri/core';
import { createFlyProvider } from '../../src/index';
import { fastClock } from '../support/context';
import { startAlteringFly, type AlteringFly, type PassingAnswer } from '../support/altering-fly';
import { createWorkplace, quickstart, type OpenOptions, type Workplace } from '../support/workplace';

/** Answers of which nobody has a recording: what the emulator and this provider believe of them alike may be wrong of Fly. */
describe('what no recording shows', () => {
  let workplace: Workplace;
  let fly: AlteringFly | null = null;
  const clock = fastClock(100);

  beforeEach(async () => {
    workplace = await createWorkplace();
  });
  afterEach(async () => {
    await fly?.stop();
    fly = null;
    await workplace.remove();
  });

  async function openBehind(
    alter: (answer: PassingAnswer) => unknown,
    options: OpenOptions = {},
  ): Promise<Environment> {
    fly = await startAlteringFly(workplace.emulator.url, alter);
    return workplace.open({ clock, ...options, env: { FLY_FLAPS_BASE_URL: fly.url, ...options.env } });
  }

  describe('the answer to a write of secrets', () => {
    const isWrite = ({ method, path }: PassingAnswer): boolean => method === 'POST' && path.endsWith('/secrets');
    const set = { intent: 'secrets.set', set: ['B'], unset: [], secretValues: { B: 'b' } } as const;

    it.each<[string, (secrets: { name: string }[]) => unknown]>([
      ['lists what was set alone', (secrets) => secrets.filter(({ name }) => name === 'B')],
      ['lists nothing', () => []],
      ['has null for a list', () => null],
      ['tells no digests', (secrets) => secrets.map(({ name }) => ({ name }))],
    ])('%s: what the app has is looked up', async (_title, change) => {
      const config = `${quickstart}secrets:\n  - {name: A, source: env}\n  - {name: B, source: env}\n`;
      await workplace.deploy({ clock, config, env: { A: 'a', B: 'before' } });
      const environment = await openBehind(
        (answer) => {
          if (!isWrite(answer)) return answer.body;
          const body = answer.body as { secrets: { name: string }[] };
          return { ...body, secrets: change(body.secrets) };
        },
        { config, env: { A: 'a', B: 'b' } },
      );
      const plan = await environment.plan(set);
      const { outcomes } = await environment.apply(plan);
      expect(outcomes.map(({ status }) => status)).not.toContain('failed');
      // Nobody has set anything elsewhere.
      expect((await environment.plan()).changes).toEqual([]);
      expect((await environment.secrets()).map(({ name, state }) => [name, state])).toEqual(
        expect.arrayContaining([
          ['A', 'live'],
          ['B', 'live'],
        ]),
      );
    });
  });

  describe('a snapshot', () => {
    const isList = ({ method, path }: PassingAnswer): boolean => method === 'GET' && path.endsWith('/snapshots');
    const take = async (status: string, fields: object = {}): Promise<unknown> => {
      await workplace.deploy({ clock });
      const environment = await openBehind((answer) =>
        isList(answer) ? (answer.body as object[]).map((one) => ({ ...one, status, ...fields })) : answer.body,
      );
      const report = await environment.apply(await environment.plan({ intent: 'snapshot.create' }));
      return report.outcomes;
    };

    it('that Fly fails to write is none', async () => {
      await expect(take('failed')).rejects.toMatchObject({ code: 'FLY_SNAPSHOT_UNUSABLE' });
    });

    it('that is not written after all the time is not called taken', async () => {
      await expect(take('running')).rejects.toMatchObject({ code: 'FLY_STATE_TIMEOUT' });
    });

    it('that the list does not show is not called taken', async () => {
      await workplace.deploy({ clock });
      const environment = await openBehind((answer) => (isList(answer) ? [] : answer.body));
      const plan = await environment.plan({ intent: 'snapshot.create' });
      await expect(environment.apply(plan)).rejects.toMatchObject({ code: 'FLY_STATE_TIMEOUT' });
    });
  });

  describe('health checks of a machine beside another one', () => {
    const config = `${quickstart}    highAvailability: true\n`;
    const deploy = async (listsFrom: number): Promise<number> => {
      let looks = 0;
      const environment = await openBehind(
        (answer) => {
          const { checks, ...rest } = answer.body as { checks?: object[] };
          if (answer.method !== 'GET' || !/\/machines\/\w+$/.test(answer.path) || checks === undefined)
            return answer.body;
          looks += 1;
          return looks < listsFrom ? rest : answer.body;
        },
        { config },
      );
      await environment.apply(await environment.plan());
      return looks;
    };

    it('that Fly lists later are waited for', async () => {
      expect(await deploy(6)).toBeGreaterThanOrEqual(6);
    });

    it('that Fly never lists have not passed', async () => {
      await expect(deploy(Infinity)).rejects.toMatchObject({ code: 'FLY_SSH_TIMEOUT' });
    });
  });

  describe('the lists of an organization', () => {
    const names = async (alter: (answer: PassingAnswer) => unknown): Promise<[string[], string[]]> => {
      for (const name of ['alpha', 'beta']) {
        await workplace.deploy({ clock, config: quickstart.replace('my-sindri-fly', name) });
      }
      fly = await startAlteringFly(workplace.emulator.url, alter);
      const { environments, unobserved } = await listEnvironments({
        providers: [createFlyProvider()],
        env: { ...workplace.env, FLY_FLAPS_BASE_URL: fly.url },
        stateDir: `${workplace.home}/state`,
        clock,
      });
      return [environments.map(({ name, state }) => `${name} ${state}`), unobserved.map(({ message }) => message)];
    };
    const running = ['alpha running', 'beta running'];
    /** Leads back to the beginning, in the emulator's own way. */
    const again = Buffer.from('0~none').toString('base64url');

    it.each(['machines', 'volumes'])('a list of %s that does not end proves nothing', async (list) => {
      const found = await names(({ path, body }) =>
        path.endsWith(`/orgs/personal/${list}`) ? { ...(body as object), [list]: [], next_cursor: again } : body,
      );
      expect(found).toEqual([running, []]);
    });

    it('apps without counts are asked for what they have', async () => {
      const found = await names(({ path, body }) => {
        if (path.endsWith('/orgs/personal/machines')) return { ...(body as object), machines: [] };
        if (!path.endsWith('/v1/apps')) return body;
        const { apps } = body as { apps: { machine_count?: number; volume_count?: number }[] };
        return { apps: apps.map(({ machine_count: _machines, volume_count: _volumes, ...app }) => app) };
      });
      expect(found).toEqual([running, []]);
    });

    it('an app that is on two pages is told once, and a list that does not end is told', async () => {
      const found = await names(({ path, body }) =>
        path.endsWith('/v1/apps') ? { ...(body as object), next_cursor: again } : body,
      );
      expect(found).toEqual([running, [expect.stringContaining('did not come to its end')]]);
    });
  });
});
