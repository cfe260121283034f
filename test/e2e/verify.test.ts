import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { CAPABILITIES } from '@sindri/core';
import { cellsIn, columnOf } from '../../scripts/providers-page.cjs';
import { createWorkplace, root, type Workplace } from './sindri';

interface Report {
  status: string;
  platform: string;
  next: string | null;
  passed: number;
  failed: number;
  skipped: number;
  power: string[];
  sessionModes: string[];
  cases: { name: string; status: string; reason?: string; error?: string }[];
}

/** The whole conformance kit on an installed provider, as its user runs it. */
describe('provider verify', () => {
  let workplace: Workplace;

  beforeAll(() => {
    workplace = createWorkplace();
  });

  afterAll(async () => {
    await workplace.run(['emulator', 'stop']);
    workplace.remove();
  }, 60_000);

  /** What exists on the local emulator. */
  async function apps(): Promise<unknown> {
    const { env } = (await workplace.json(['emulator', 'env'])).document;
    const response = await fetch(`${env.FLY_FLAPS_BASE_URL}/v1/apps?org_slug=personal`, {
      headers: { authorization: `Bearer ${env.FLY_API_TOKEN}` },
    });
    return ((await response.json()) as { apps: unknown }).apps;
  }

  it('without a platform runs what needs none, and says how to run the rest', async () => {
    const text = await workplace.run(['provider', 'verify', 'fly']);
    expect(text.code).toBe(0);
    expect(text.stdout).toContain('the package ships no conformance subject');
    expect(text.stdout).toContain('sindri provider verify fly --local');
    const { document } = await workplace.json(['provider', 'verify', 'fly']);
    expect(document).toMatchObject({ platform: 'none', next: expect.stringContaining('verify fly --local') });
    expect((document as Report).cases.find(({ status }) => status === 'skipped')?.reason).toMatch(/ships no/);
    // Nothing was started for it.
    expect(existsSync(path.join(workplace.env.SINDRI_STATE_DIR as string, 'emulator'))).toBe(false);
  });

  it('--local runs it all on the local emulator and leaves nothing, whatever the person has set', async () => {
    const env = { FLY_ACCESS_TOKEN: 'fo1_arealtoken', FLY_ORG: 'no-such-org', FLY_REGION: 'nowhere' };
    const verified = await workplace.json(['provider', 'verify', 'fly', '--local'], { env });
    const report = verified.document as Report;
    expect(report.cases.filter(({ status }) => status === 'failed')).toEqual([]);
    expect([verified.ended.code, report.status, report.platform, report.next]).toEqual([0, 'passed', 'local', null]);
    expect([report.power, report.sessionModes]).toEqual([
      ['start', 'stop', 'suspend', 'restart'],
      ['command', 'terminal'],
    ]);
    const skipped = report.cases.filter(({ status }) => status === 'skipped');
    const reasons = new Set(skipped.map(({ reason }) => reason));
    // Only what the subject cannot know, and what the provider does not declare.
    for (const reason of reasons)
      expect(reason).toMatch(/^the subject knows no |^the provider (does not declare|does not plan|has no) /);
    expect(reasons).toContain('the subject knows no port that is served inside');
    expect(report.passed).toBe(report.cases.length - skipped.length);
    // `npm run generate:providers` writes the page.
    const { cell, kit } = columnOf(verified.document);
    const cells = Object.fromEntries(CAPABILITIES.map((capability) => [capability, cell(capability)]));
    const page = readFileSync(path.join(root, 'docs/providers.md'), 'utf8');
    expect(cellsIn(page, 'fly')).toEqual({ ...cells, 'conformance kit': kit });
    expect(await apps()).toEqual([]);
    expect(JSON.stringify(verified)).not.toContain('arealtoken');
    // Made keys and pinned host keys of the tried environments went with them.
    expect(readdirSync(workplace.env.SINDRI_STATE_DIR as string)).toEqual(['emulator']);
  }, 240_000);

  it('tells the progress on stderr, and leaves nothing when it is interrupted', async () => {
    const { child, ended } = workplace.start(['provider', 'verify', 'fly', '--local']);
    let progress = '';
    const deploying = new Promise<void>((resolve) => {
      child.stderr?.on('data', (text: string) => {
        progress += text;
        // From here on every case deploys.
        if (/✓ +\d+\/\d+ apply: /.test(progress)) resolve();
      });
    });
    await Promise.race([deploying, ended]);
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    // What it has found out until then is told.
    expect(code).toBe(130);
    expect(stdout).toMatch(/was not checked to the end|violates the contract/);
    expect(stdout).toContain('the run was ended before this case');
    expect(progress).toMatch(/✓ +1\/\d+ identity: /);
    expect(await apps()).toEqual([]);
  }, 240_000);
});
