import type { Environment, LogLine, Session } from '@sindri/core';
import { createWorkplace, type Workplace } from '../support/workplace';

describe('an environment with two machines', () => {
  let workplace: Workplace;
  let environment: Environment;
  const app = 'my-sindri-fly';

  beforeEach(async () => {
    workplace = await createWorkplace();
    await workplace.deploy();
    environment = await workplace.open();
    const { machines, apps } = workplace.emulator.inspect();
    expect(apps).toHaveLength(1);
    const config = { ...machines[0]?.config, mounts: [] };
    // As `flyctl machine clone` makes it: the metadata, and with it our mark, is copied.
    workplace.emulator.admin.seedMachine({ app, name: 'second', region: 'sjc', config });
    workplace.emulator.admin.seedMachine({ app, name: 'foreign', region: 'sjc', config: { image: 'x' } });
    await workplace.emulator.admin.untilState(app, 'second', 'started');
    await workplace.emulator.admin.untilState(app, 'foreign', 'started');
  });

  afterEach(() => workplace.remove());

  const idOf = (name: string): string =>
    workplace.emulator.inspect().machines.find((machine) => machine.name === name)?.id ?? '';
  const execs = (): string[] =>
    workplace.emulator.requests.list().flatMap(({ path }) => /machines\/(\w+)\/exec$/.exec(path)?.[1] ?? []);

  it('runs a command in the one that is named, by name or by id', async () => {
    workplace.emulator.requests.clear();
    await environment.exec({ command: ['true'], instance: 'second' });
    await environment.exec({ command: ['true'], instance: idOf('second') });
    await environment.exec({ command: ['true'] });
    expect(execs()).toEqual([idOf('second'), idOf('second'), idOf(`${app}-1`)]);
  });

  it('takes the first that runs when none is named', async () => {
    await environment.stop();
    workplace.emulator.requests.clear();
    await environment.exec({ command: ['true'] });
    expect(execs()).toEqual([idOf('second')]);
  });

  it('wakes the one that is named, and no other', async () => {
    await environment.stop();
    const session: Session = await environment.session({ command: 'true', instance: `${app}-1` });
    session.stdout.resume();
    session.stderr.resume();
    session.stdin.end();
    await session.exited;
    const state = workplace.emulator.inspect().machines.find(({ name }) => name === `${app}-1`)?.state;
    expect(state).toBe('started');
  });

  it('connects to the one that is named, though both answer on the same addresses', async () => {
    for (const name of ['second', `${app}-1`, 'second']) {
      const session = await environment.session({ command: 'printenv FLY_MACHINE_ID', instance: name });
      session.stdin.end();
      session.stderr.resume();
      const chunks: Buffer[] = [];
      session.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
      await session.exited;
      expect(Buffer.concat(chunks).toString('utf8').trim()).toBe(idOf(name));
    }
  });

  it.each(['nobody', 'foreign'])('refuses "%s", and lists what there is', async (instance) => {
    const expected = {
      code: 'FLY_INSTANCE_UNKNOWN',
      kind: 'usage',
      message: expect.stringContaining(instance),
      hint: expect.stringMatching(new RegExp(`${app}-1 .*second `)),
    };
    await expect(environment.exec({ command: ['true'], instance })).rejects.toMatchObject(expected);
    await expect(environment.session({ command: 'true', instance })).rejects.toMatchObject(expected);
    await expect(environment.dial({ port: 2222, instance })).rejects.toMatchObject(expected);
    await expect(read(environment, instance)).rejects.toMatchObject(expected);
  });

  it('reads the log lines of one alone', async () => {
    const all = await read(environment);
    const own = await read(environment, 'second');
    expect(new Set(all.map((line) => line.instance)).size).toBeGreaterThan(1);
    expect(new Set(own.map((line) => line.instance))).toEqual(new Set([idOf('second')]));
  });
});

async function read(environment: Environment, instance?: string): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of environment.logs({ follow: false, instance })) lines.push(line);
  return lines;
}
