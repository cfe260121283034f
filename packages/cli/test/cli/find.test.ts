import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { judge } from './answer-schema';
import { openPty } from './pty';
import { createWorkplace, type Workplace } from './workplace';

// Each command is a process of its own, on a machine that may be busy.
jest.setTimeout(120_000);

describe('finding everything again', () => {
  let workplace: Workplace;
  beforeEach(() => {
    workplace = createWorkplace();
    workplace.config();
  });
  afterEach(() => workplace.remove());

  const deploy = async (name: string): Promise<void> => {
    workplace.config({}, name);
    expect((await workplace.run(['deploy', '--yes'])).code).toBe(0);
  };
  const only = ['--provider', 'paper'];

  it('list: all of them, from a folder without a config, with what is left over', async () => {
    await deploy('sheet-one');
    await deploy('sheet-two');
    await workplace.run(['destroy', '--keep-volumes', '--yes']);
    writeFileSync(path.join(workplace.dir, 'sindri.yaml'), 'not: a config\n');
    const { code, stdout, stderr } = await workplace.run(['list', ...only]);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('could be seen')]);
    expect(stdout).toBe(
      [
        'NAME       STATE         SIZE          A MONTH  WHOSE',
        'sheet-one  running       30 GB volume  $1.50    a clerk',
        'sheet-two  not deployed  30 GB volume  $0.00    a clerk',
        '  ! volume pad, 30 GB, without a sheet',
        '',
        '2 environments, $1.50 a month at most.',
        '',
      ].join('\n'),
    );
    const { document } = await workplace.json(['list', ...only]);
    expect(judge('list', document)).toEqual([]);
    expect(document).toMatchObject({
      schema: 'sindri.list/1',
      complete: true,
      environments: [
        { name: 'sheet-one', provider: 'paper' },
        { name: 'sheet-two', state: 'absent' },
      ],
      unobserved: [],
    });
  });

  it('list: nothing there says what to do next', async () => {
    const { code, stdout } = await workplace.run(['list', ...only]);
    expect([code, stdout]).toEqual([
      0,
      'There is no environment at paper.\nMake one: sindri config init, then sindri deploy\n',
    ]);
  });

  it('list: what could not be seen is said on stderr, and the exit is 5', async () => {
    await deploy('sheet-one');
    const partly = await workplace.run(['list', ...only], { env: { PAPER_DRAWER: 'stuck' } });
    expect([partly.code, partly.stdout, partly.stderr]).toEqual([
      5,
      expect.stringMatching(/sheet-one[\s\S]*1 environment was seen/),
      expect.stringMatching(/There may be more:\n {2}paper: The lower drawer is stuck\./),
    ]);
    const told = await workplace.json(['list', ...only], { env: { PAPER_DRAWER: 'stuck' } });
    expect(judge('list', told.document)).toEqual([]);
    expect([told.code, told.document]).toMatchObject([
      5,
      { complete: false, unobserved: [{ provider: 'paper', message: 'The lower drawer is stuck.', error: null }] },
    ]);
  });

  it('list: one provider that fails hides nothing of another; alone, its failure is the answer', async () => {
    await deploy('sheet-one');
    // Fly and Docker come with the command line; here is neither a token nor an engine, so nothing of this person is missing.
    const both = await workplace.json(['list']);
    expect(judge('list', both.document)).toEqual([]);
    expect([both.code, both.document]).toMatchObject([
      0,
      {
        complete: true,
        environments: [{ name: 'sheet-one' }],
        unobserved: [
          { provider: 'fly', error: { code: 'FLY_TOKEN_MISSING', kind: 'auth', notSetUp: true } },
          { provider: 'docker', error: { code: 'DOCKER_UNREACHABLE', kind: 'incomplete', notSetUp: true } },
        ],
      },
    ]);
    const alone = await workplace.json(['list', '--provider', 'fly']);
    expect([alone.code, alone.document]).toMatchObject([4, { error: { code: 'FLY_TOKEN_MISSING' } }]);
    const none = await workplace.json(['list', '--provider', 'papr']);
    expect([none.code, none.document]).toMatchObject([2, { error: { code: 'PROVIDER_NOT_FOUND' } }]);
  });

  it('restart: of what runs and of what sleeps', async () => {
    await deploy('sheet-one');
    const running = await workplace.run(['restart']);
    expect([running.code, running.stdout]).toEqual([0, '✓ sheet-one was restarted and is running\n']);
    await workplace.run(['stop']);
    const { code, document } = await workplace.json(['restart']);
    expect(judge('power', document)).toEqual([]);
    expect([code, document]).toMatchObject([0, { schema: 'sindri.power/1', before: 'stopped', after: 'running' }]);
  });

  it('events: newest last, a part of them, and none', async () => {
    const none = await workplace.run(['events']);
    expect([none.code, none.stdout]).toEqual([
      0,
      'Nothing is known to have happened to sheet-one.\nWhat is there now: sindri status\n',
    ]);
    await deploy('sheet-one');
    const all = await workplace.run(['events']);
    expect(all.stdout).toBe(
      [
        '2026-03-01 12:00:00 UTC  taken from the pile',
        '2026-03-01 13:00:00 UTC  woken by a connection',
        '2026-03-01 14:00:00 UTC  out of space at the margin',
        '',
      ].join('\n'),
    );
    const { document } = await workplace.json(['events', '--tail', '1', '--instance', 'p1']);
    expect(judge('events', document)).toEqual([]);
    expect(document).toMatchObject({
      schema: 'sindri.events/1',
      events: [{ kind: 'out-of-memory', cause: 'crash', instance: 'p1' }],
    });
    const later = await workplace.run(['events', '--since', '2026-03-01T15:00:00Z']);
    expect(later.stdout).toBe('Nothing happened to sheet-one in that time.\nAll that is known: sindri events\n');
    expect((await workplace.json(['events', '--since', 'yesterday'])).code).toBe(2);
  });

  it('snapshots: take, list, go back, delete; the volume that was used before is kept until it is deleted', async () => {
    await deploy('sheet-one');
    const empty = await workplace.run(['volume', 'snapshots']);
    expect(empty.stdout).toBe('sheet-one has no snapshot.\nTake one: sindri volume snapshot\n');
    const taken = await workplace.json(['volume', 'snapshot']);
    expect(judge('change', taken.document)).toEqual([]);
    expect([taken.code, taken.document]).toMatchObject([0, { intent: 'snapshot.create', status: 'applied' }]);
    await workplace.run(['volume', 'extend', '40GB']);
    const listed = await workplace.json(['volume', 'snapshots']);
    expect(judge('snapshots', listed.document)).toEqual([]);
    expect(listed.document).toMatchObject({
      schema: 'sindri.snapshots/1',
      snapshots: [{ id: 'copy-1', volume: 'pad' }],
    });
    const shown = await workplace.run(['volume', 'snapshots']);
    expect(shown.stdout).toMatch(
      /^SNAPSHOT {2}VOLUME {2}TAKEN +SIZE +STATE\ncopy-1 +pad +.* ago +0\.5 GB +ready\n\nGo back to one: sindri volume restore copy-1\n$/,
    );

    const which = await workplace.run(['volume', 'restore']);
    expect([which.code, which.stderr]).toEqual([2, expect.stringContaining('copy-1 of pad')]);
    const unasked = await workplace.json(['volume', 'restore', 'copy-1']);
    expect([unasked.code, unasked.document]).toMatchObject([2, { error: { code: 'CONFIRMATION_REQUIRED' } }]);
    const restored = await workplace.json(['volume', 'restore', 'copy-1', '--yes']);
    expect([restored.code, restored.document]).toMatchObject([
      0,
      { intent: 'snapshot.restore', summary: { resources: { volumeGb: 30 } } },
    ]);

    const volumes = await workplace.json(['volume', 'list']);
    expect(judge('volumes', volumes.document)).toEqual([]);
    expect(volumes.document).toMatchObject({
      schema: 'sindri.volumes/1',
      volumes: [{ id: 'pad', usedBy: 'sheet-one', sizeGb: null }],
    });
    // A provider that does not tell its volumes one by one: what it observes is named.
    expect((await workplace.run(['volume', 'list'])).stdout).toMatch(/^VOLUME [^]*\npad +pad +sheet-one *\n$/);

    const inUse = await workplace.json(['volume', 'delete', 'pad', '--yes']);
    expect([inUse.code, inUse.document]).toMatchObject([3, { error: { code: 'PAPER_IN_USE' } }]);
    expect((await workplace.json(['volume', 'delete', 'pad-1'])).document).toMatchObject({
      error: { code: 'CONFIRMATION_REQUIRED' },
    });
    const saved = await workplace.run(['volume', 'delete', 'pad-1', '--dry-run', '--json']);
    writeFileSync(path.join(workplace.dir, 'plan.json'), saved.stdout);
    const wrong = await workplace.json(['volume', 'restore', '--plan', 'plan.json']);
    expect(wrong.document).toMatchObject({ error: { hint: 'Run: sindri volume delete --plan FILE' } });
    expect((await workplace.json(['volume', 'delete', '--plan', 'plan.json'])).document).toMatchObject({
      status: 'applied',
    });
    const dropped = await workplace.json(['volume', 'delete-snapshot', 'copy-1', '--yes']);
    expect(dropped.document).toMatchObject({ intent: 'snapshot.delete', status: 'applied' });
    expect((await workplace.json(['volume', 'snapshots'])).document).toMatchObject({ snapshots: [] });
  });

  it('a question before something is lost', async () => {
    await deploy('sheet-one');
    await workplace.run(['volume', 'snapshot']);
    const pty = openPty(workplace, ['volume', 'delete-snapshot', 'copy-1']);
    try {
      await pty.expect(/burn the copy copy-1[\s\S]*Delete the snapshot\? \[y\/N\] /);
      pty.type('\r');
      expect(await pty.exited).toBe(130);
    } finally {
      pty.kill();
    }
    expect((await workplace.json(['volume', 'snapshots'])).document).toMatchObject({ snapshots: [{ id: 'copy-1' }] });
  });
});
