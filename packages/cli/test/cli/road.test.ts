import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createWorkplace, type Workplace } from './workplace';

// Each command is a process of its own, on a machine that may be busy.
jest.setTimeout(120_000);

describe('the road of every change', () => {
  let workplace: Workplace;
  beforeEach(() => {
    workplace = createWorkplace();
    workplace.config();
  });
  afterEach(() => workplace.remove());

  it('volume extend: planned, saved, applied, and seen', async () => {
    await workplace.run(['deploy']);
    const dry = await workplace.run(['volume', 'extend', '40GB', '--dry-run']);
    expect([dry.code, dry.stdout]).toEqual([
      0,
      expect.stringContaining('~ extend the pad to 40 pages  (+$1.00/month)'),
    ]);
    const saved = await workplace.run(['volume', 'extend', '40GB', '--dry-run', '--json']);
    writeFileSync(path.join(workplace.dir, 'plan.json'), saved.stdout);
    const wrong = await workplace.json(['deploy', '--plan', 'plan.json']);
    expect([wrong.code, wrong.document]).toMatchObject([
      2,
      { error: { code: 'PLAN_INVALID', hint: 'Run: sindri volume extend --plan FILE' } },
    ]);
    const applied = await workplace.json(['volume', 'extend', '--plan', 'plan.json']);
    expect([applied.code, applied.document]).toMatchObject([
      0,
      {
        schema: 'sindri.change/1',
        status: 'applied',
        plan: { intent: 'volume.extend', parameters: { sizeGb: 40 } },
        summary: { resources: { volumeGb: 40 } },
      },
    ]);
    const stale = await workplace.json(['volume', 'extend', '--plan', 'plan.json']);
    expect([stale.code, stale.document]).toMatchObject([5, { error: { code: 'PLAN_STALE' } }]);
    const again = await workplace.run(['volume', 'extend', '40GB']);
    expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(/Nothing to do[\s\S]*40 GB volume/)]);
    const smaller = await workplace.json(['volume', 'extend', '10GB']);
    expect([smaller.code, smaller.document]).toMatchObject([2, { error: { code: 'PAPER_TOO_SMALL' } }]);
    const events = await workplace.run(['volume', 'extend', '50GB', '--output', 'ndjson']);
    expect(events.stdout).toContain('"type":"change.applied","change":"volume:pad:extend"');
  });

  it('what a destroy keeps is known afterwards: by destroy, status and the next deploy', async () => {
    await workplace.run(['deploy']);
    const dry = await workplace.json(['destroy', '--dry-run']);
    expect([dry.code, dry.document]).toMatchObject([0, { status: 'planned', plan: { intent: 'destroy' } }]);
    const first = await workplace.json(['destroy', '--keep-volumes', '--yes']);
    expect(first.document).toMatchObject({ status: 'destroyed', kept: ['volume pad'] });
    const second = await workplace.json(['destroy', '--keep-volumes']);
    expect([second.code, second.document]).toMatchObject([0, { status: 'absent', kept: ['volume pad'] }]);
    const told = await workplace.run(['destroy', '--keep-volumes']);
    expect(told.stdout).toBe(
      'Nothing to destroy: there is no sheet-one on paper.\n  Kept: volume pad\n  Delete it for good: sindri destroy\n',
    );
    const status = await workplace.run(['status']);
    expect(status.stdout).toContain('volume pad, 30 GB');
    expect(status.stdout).toContain('Deploy, using it again: sindri deploy');
    expect(status.stdout).not.toContain('Repair');
    expect((await workplace.json(['destroy', '--yes'])).document).toMatchObject({ status: 'destroyed', kept: [] });
  });

  it('a failed apply is told as failed by screen, events and document', async () => {
    workplace.config({ trouble: 'refused' });
    const screen = await workplace.run(['deploy']);
    expect([screen.code, screen.stdout]).toEqual([3, '']);
    expect(screen.stderr).toContain('Apply the plan: failed');
    expect(screen.stderr.trimEnd().split('\n').at(-1)).toBe('Now: sheet-one is not deployed');
    const events = await workplace.run(['deploy', '--output', 'ndjson']);
    expect(events.stdout).toMatch(/"type":"phase.finished","phase":"apply","elapsedMs":\d+,"ok":false/);
    const { document } = await workplace.json(['deploy']);
    expect(document).toMatchObject({
      error: { code: 'PAPER_TROUBLE', details: { report: { status: 'failed' }, summary: { state: 'absent' } } },
    });
  });

  it('an environment that cannot be used is no success, also when there is nothing to change', async () => {
    workplace.config({ trouble: 'torn' });
    for (const done of ['The plan was applied', 'There was nothing to change']) {
      const { code, document } = await workplace.json(['deploy']);
      expect([code, document]).toMatchObject([
        5,
        {
          error: {
            code: 'DEPLOY_INCOMPLETE',
            message: `${done}, but sheet-one cannot be used: it is failed. The sheet is torn.`,
            details: { state: 'failed' },
          },
        },
      ]);
    }
  });

  it('what could not be read keeps any change from being a success', async () => {
    workplace.config({ trouble: 'unread' });
    for (const args of [['deploy'], ['deploy'], ['destroy', '--yes'], ['destroy', '--yes']]) {
      const { code, document } = await workplace.json(args);
      expect({ args, code, document }).toMatchObject({
        args,
        code: 5,
        document: { error: { code: 'PLAN_UNOBSERVED', message: expect.stringContaining('the lid is stuck') } },
      });
    }
  });

  it('a plugin that prints cannot spoil a document', async () => {
    const env = { PAPER_NOISE: '1' };
    const { code, document, stderr } = await workplace.json(['deploy'], { env });
    expect([code, document]).toMatchObject([0, { status: 'deployed' }]);
    for (const word of ['loaded', 'observing', 'planning']) expect(stderr).toContain(`paper: ${word}`);
    // What is printed there passes the redactor as everything does.
    expect(stderr).not.toContain('paper-token-of-the-test');
    const { stdout } = await workplace.run(['status', '--output', 'ndjson'], { env });
    for (const line of stdout.trim().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow();
    const remote = await workplace.run(['exec', '--', 'printf bytes'], { env });
    expect(remote.stdout).toContain('bytes');
  });

  it('a secret that is one of our words does not change a document', async () => {
    const plain = await workplace.run(['deploy', '--json', '--dry-run']);
    const env = { MY_SECRET: 'sheet', OTHER_SECRET: 'create', STATE_TOKEN: 'absent', WORD_PASSWORD: 'planned' };
    expect((await workplace.run(['deploy', '--json', '--dry-run'], { env })).stdout).toBe(plain.stdout);
  });

  it('connection methods are those of the provider, in help, errors, status and completion', async () => {
    const help = await workplace.run(['exec', '--help']);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain('--method auto|pen|pencil|api');
    expect(help.stdout).toMatch(/pencil +a line that can be erased; needs a sharpener/);
    expect(help.stdout).toMatch(/api +through the platform's API/);
    const connect = await workplace.run(['help', 'connect']);
    expect(connect.stdout).toContain('--method auto|pen|pencil]');
    expect(connect.stdout).not.toMatch(/dedicated|\bapi\b/);
    const unknown = await workplace.json(['exec', '--method', 'pencl', '--', 'true']);
    expect([unknown.code, unknown.document]).toMatchObject([
      2,
      {
        error: { code: 'CONNECTION_METHOD_UNKNOWN', hint: expect.stringMatching(/Did you mean "pencil"\?[\s\S]*api/) },
      },
    ]);
    const api = await workplace.json(['connect', '--method', 'api', '--', 'true']);
    expect(api.document).toMatchObject({ error: { hint: expect.stringContaining('sindri exec --method api') } });
    await workplace.run(['deploy']);
    expect((await workplace.run(['status'])).stdout).toContain('pencil: There is no sharpener: buy one.');
  });

  it('the config is read once with --local, and a provider that is not there is told with everything else', async () => {
    writeFileSync(
      path.join(workplace.dir, 'sindri.yaml'),
      'version: "3.0"\nname: x\nnam: y\ndeployment:\n  provider: papre\n',
    );
    const { code, document } = await workplace.json(['deploy', '--local']);
    expect([code, document]).toMatchObject([2, { error: { code: 'CONFIG_INVALID' } }]);
    expect(JSON.stringify(document)).toMatch(/papre[\s\S]*nam|nam[\s\S]*papre/);
  });
});
