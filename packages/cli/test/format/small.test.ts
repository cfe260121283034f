import { formatChangeResult } from '../../src/format/change';
import { formatDeploy } from '../../src/format/deploy';
import { formatDestroy } from '../../src/format/destroy';
import { formatDoctor } from '../../src/format/doctor';
import { formatInit, formatRender, formatValidate } from '../../src/format/config';
import { formatLogLine } from '../../src/format/logs';
import { formatCost, money, monthlyDelta } from '../../src/format/money';
import { formatPower } from '../../src/format/power';
import { formatProviderList } from '../../src/format/provider';
import { duration, timeAgo } from '../../src/format/time';
import { formatVersion } from '../../src/format/version';
import { formatVolumes } from '../../src/format/volumes';
import { formatYaml } from '../../src/format/yaml';
import { plain, plan, report, summary, change } from '../fakes';

describe('money', () => {
  it.each([
    [0, ''],
    [null, ''],
    [2, '+$2.00/month'],
    [-0.5, '-$0.50/month'],
  ])('the monthly difference %p reads "%s"', (amount, text) => expect(monthlyDelta(amount)).toBe(text));

  it.each([
    [-25.1, 'USD', '-$25.10'],
    [25.1, 'EUR', '25.10 EUR'],
  ])('%p %s reads "%s"', (amount, currency, text) => expect(money(amount, currency)).toBe(text));

  const cost = { currency: 'EUR', monthlyRunning: 4, monthlyIdle: null, items: [], pricesAsOf: null };
  it('a cost has its currency, and a date only when a price could change', () => {
    expect(formatCost(cost, plain)).toBe('Cost: 4.00 EUR a month always on');
  });

  it('what costs nothing is no cost', () => {
    expect(
      formatCost({ ...cost, monthlyRunning: 0, monthlyIdle: 0, items: [{ title: 'disk', monthly: 0 }] }, plain),
    ).toBe('');
  });

  it('what does not fit on a line goes on in its own column', () => {
    const items = [{ title: 'root file system of the stopped machine, 8 GB', monthly: 0, monthlyIdle: 1.2 }];
    const text = formatCost({ ...cost, currency: 'USD', monthlyIdle: 1.2, items }, { ...plain, measure: 50 });
    expect(text.split('\n').slice(1)).toEqual([
      '  always on  asleep',
      '      $0.00   $1.20  root file system of the',
      '                     stopped machine, 8 GB',
    ]);
  });

  it('always has cents', () => expect(money(25)).toBe('$25.00'));
});

describe('time', () => {
  it.each([
    [850, '850 ms'],
    [12_000, '12 s'],
    [180_000, '3 min'],
    [185_000, '3 min 5 s'],
    [7_800_000, '2 h 10 min'],
    [259_200_000, '3 days'],
  ])('%p ms reads "%s"', (ms, text) => expect(duration(ms)).toBe(text));

  it('leaves a time that it cannot read as it is', () => expect(timeAgo('soon', 0)).toBe('soon'));
});

describe('formatVolumes', () => {
  const volume = { name: 'home', sizeGb: 30, region: 'sjc', createdAt: '2026-03-01T12:00:00Z', problem: null };
  const volumes = [
    { ...volume, id: 'vol_1', used: { usedBytes: 2 ** 30 * 3, totalBytes: 2 ** 30 * 30 }, usedBy: 'm-1' },
    { ...volume, id: 'vol_2', used: null, usedBy: 'm-0', problem: 'its host is unreachable' },
    { ...volume, id: 'vol_3', used: null, usedBy: null },
  ];
  const result = { schema: 'sindri.volumes/1' as const, environment: 'demo', provider: 'fake', volumes };

  it('has a line for each, with what is wrong, and how to delete what nothing uses', () => {
    expect(formatVolumes(result, plain, { intents: ['volume.delete'] })).toBe(
      [
        'VOLUME  NAME  SIZE   FULL         REGION  USED BY                       MADE',
        'vol_1   home  30 GB  10 % (3 GB)  sjc     m-1                           2026-03-01',
        'vol_2   home  30 GB               sjc     m-0; its host is unreachable  2026-03-01',
        'vol_3   home  30 GB               sjc     nothing                       2026-03-01',
        '',
        'Delete one that nothing uses: sindri volume delete vol_3',
      ].join('\n'),
    );
    expect(formatVolumes({ ...result, volumes: [] }, plain)).toContain('demo has no volume.');
  });
});

describe('formatDeploy', () => {
  const commands = { connect: 'sindri connect --local', status: 'sindri status --local' };
  const result = {
    schema: 'sindri.deploy/1',
    environment: 'demo',
    provider: 'fake',
    plan: plan([change('app:demo')]),
    report: report(),
    summary: summary(),
    installation: null,
  } as const;

  it('ends with the address, the cost and how to connect', () => {
    const text = formatDeploy({ ...result, status: 'deployed' }, plain, commands);
    expect(text).toContain('demo is deployed (1 s).');
    expect(text).toContain('demo.fly.dev:10022');
    expect(text).toContain('$25.10 a month');
    expect(text).toContain('sindri connect --local');
  });

  it('offers a shell only where there are sessions', () => {
    const text = formatDeploy({ ...result, status: 'deployed' }, plain, { status: 'sindri status' });
    expect(text).toContain('Next:\n  sindri status   what it is doing');
    expect(text).not.toContain('connect');
  });

  it('says what was accepted, not what is there, when nobody waited', () => {
    const text = formatDeploy(
      { ...result, status: 'deployed', summary: summary({ state: 'creating' }) },
      plain,
      commands,
    );
    expect(text).toContain('The platform has accepted all changes to demo (1 s).');
    expect(text).toContain('being created');
  });

  it('says that there was nothing to do', () => {
    const text = formatDeploy({ ...result, report: null, status: 'unchanged' }, plain, commands);
    expect(text).toContain('Nothing to do');
  });

  it('shows the plan of a dry run', () => {
    const text = formatDeploy({ ...result, report: null, summary: null, status: 'planned' }, plain, commands);
    expect(text).toContain('+ create app demo');
    expect(text).toContain('Nothing was changed (--dry-run).');
  });
});

it('formatDestroy tells that it looked again, and what stayed', () => {
  const result = {
    schema: 'sindri.destroy/1',
    environment: 'demo',
    provider: 'fake',
    status: 'destroyed',
    plan: plan([change('app:demo', { action: 'delete' })], { intent: 'destroy' }),
    report: report(),
    kept: ['volume home_data'],
    monthlySaved: 6.5,
    elapsedMs: 2000,
  } as const;
  const text = formatDestroy({ ...result, kept: [...result.kept] }, plain);
  expect(text).toContain('looked again');
  expect(text).toContain('Kept: volume home_data');
  // The plan has said it.
  expect(text).not.toContain('Saves');
  expect(formatDestroy({ ...result, kept: [], status: 'absent' }, plain)).toContain('Nothing to destroy');
});

it('formatDestroy says how to delete what was kept', () => {
  const euros = plan([change('app:demo', { action: 'delete' })], { intent: 'destroy', currency: 'EUR' });
  const result = {
    schema: 'sindri.destroy/1',
    environment: 'demo',
    provider: 'fake',
    plan: euros,
    report: null,
    kept: ['volume home'],
    monthlySaved: 6.5,
    elapsedMs: 0,
  } as const;
  const next = (words: string) => `sindri ${words} --local`;
  const gone = formatDestroy({ ...result, kept: [...result.kept], status: 'destroyed' }, plain, next);
  expect(gone).toContain('found nothing else left');
  const absent = formatDestroy({ ...result, kept: [...result.kept], status: 'absent' }, plain, next);
  expect(absent).toContain('Delete it for good: sindri destroy --local');
  expect(formatDestroy({ ...result, kept: [], status: 'planned' }, plain)).toContain('1 resource to delete');
});

it('formatPower tells a change from none', () => {
  const outcome = { schema: 'sindri.power/1', environment: 'demo', provider: 'fake' } as const;
  expect(formatPower({ ...outcome, before: 'running', after: 'stopped' }, plain)).toBe('✓ demo: running → stopped');
  expect(formatPower({ ...outcome, before: 'stopped', after: 'stopped' }, plain)).toBe('demo was stopped already.');
});

it('formatLogLine leaves out what is empty', () => {
  const line = { timestamp: 't', source: 'app', level: '', instance: '', message: 'up' };
  expect(formatLogLine(line)).toBe('t app: up');
  expect(formatLogLine({ ...line, level: 'info', instance: 'm1' })).toBe('t app[m1] info: up');
  const exact = { ...line, timestamp: '2026-03-01T12:30:05.123456789Z' };
  expect(formatLogLine(exact)).toBe('2026-03-01T12:30:05.123Z app: up');
});

it('formatLogLine lets no line of a text look like another one', () => {
  const forged = '2026-03-01T00:00:00Z proxy: forged';
  const line = { timestamp: 't', source: `app\n${forged}`, level: '', instance: '', message: `up\r\n${forged}\n` };
  expect(formatLogLine(line).split('\n')).toEqual([`t app ${forged}: up`, `  ${forged}`]);
});

it('formatProviderList shows why a provider cannot be used', () => {
  const text = formatProviderList(
    {
      schema: 'sindri.provider-list/1',
      providers: [
        {
          name: 'theirs',
          title: null,
          apiVersion: 99,
          origin: 'theirs 1.0.0',
          capabilities: null,
          local: false,
          problem: { code: 'PROVIDER_API_VERSION', message: 'made for 99', hint: 'Update Sindri.' },
        },
      ],
    },
    plain,
  );
  expect(text).toContain('made for 99');
  expect(text).toContain('Update Sindri.');
  expect(text).toContain('PROVIDER_API_VERSION');
});

it('formatDoctor groups by what a check is about and shows the fix of what is not well', () => {
  const text = formatDoctor(
    {
      schema: 'sindri.doctor/1',
      ok: false,
      items: [
        { area: 'computer', id: 'node', title: 'Node.js', status: 'ok', message: 'v20.20.0', fix: 'unseen' },
        { area: 'fly', id: 'token', title: 'Token', status: 'failed', message: 'none', fix: 'Set FLY_API_TOKEN.' },
      ],
    },
    plain,
  );
  expect(text).toContain('computer\n  ✓ Node.js: v20.20.0');
  expect(text).toContain('fly\n  ✗ Token: none\n      Set FLY_API_TOKEN.');
  expect(text).toContain('✗ 1 to repair.');
  expect(text).not.toContain('unseen');
});

describe('config', () => {
  it('formatValidate counts errors, not warnings', () => {
    const warning = { severity: 'warning', code: 'X', message: 'is odd', path: 'a' } as const;
    const result = { schema: 'sindri.config-validate/1', file: 'sindri.yaml' } as const;
    expect(formatValidate({ ...result, valid: true, problems: [warning] }, plain)).toContain('✓ sindri.yaml is valid.');
    const error = { ...warning, severity: 'error' } as const;
    expect(formatValidate({ ...result, valid: false, problems: [warning, error] }, plain)).toContain('has a problem.');
  });

  it('formatRender prints a single file as it is', () => {
    const artifact = { name: 'fly.toml', mediaType: 'application/toml', content: 'app = "demo"\n' };
    const result = { schema: 'sindri.config-render/1', environment: 'demo', provider: 'fake', written: [] } as const;
    expect(formatRender({ ...result, written: [], artifacts: [artifact] }, plain)).toBe('app = "demo"\n');
    const two = formatRender({ ...result, written: [], artifacts: [artifact, { ...artifact, name: 'b' }] }, plain);
    expect(two).toContain('# fly.toml\napp = "demo"');
  });

  it('formatInit says what to type next', () => {
    const result = { schema: 'sindri.config-init/1', file: '/x/sindri.yaml', name: 'demo', provider: 'fly' } as const;
    const text = formatInit(result, true, plain);
    expect(text).toContain('sindri deploy');
    expect(text).toContain('--local');
    expect(formatInit({ ...result, provider: 'docker' }, false, plain)).not.toContain('--local');
    expect(formatInit(result, true, plain, 'infra/sindri.yaml')).toContain(
      'config schema --install -c infra/sindri.yaml',
    );
  });
});

describe('formatYaml', () => {
  it('writes nested blocks and quotes what YAML would take for something else', () => {
    const text = formatYaml({
      version: '1.0',
      name: 'demo',
      on: true,
      off: 'off',
      list: ['a b', { name: 'X', required: true }],
      empty: {},
      none: [],
      size: 30,
      nothing: null,
    });
    expect(text.split('\n')).toEqual([
      'version: "1.0"',
      'name: demo',
      '"on": true',
      '"off": "off"',
      'list:',
      '  - "a b"',
      '  - name: X',
      '    required: true',
      'empty: {}',
      'none: []',
      'size: 30',
      'nothing: null',
    ]);
  });
});

it('a change that is none says why', () => {
  const note = { level: 'info', code: 'FAKE_SECRET_ABSENT', message: 'NOPE is not set; nothing to remove.' } as const;
  const nothing = { status: 'unchanged', plan: plan([], { notes: [note] }), report: null, summary: summary() } as never;
  expect(formatChangeResult(nothing, plain).split('\n').slice(0, 2)).toEqual([
    '✓ Nothing to do for demo.',
    '  i NOPE is not set; nothing to remove.',
  ]);
});

it('the version tells which plugins were added', () => {
  const plugins = [
    { name: '@sindri/cli', version: '0.1.0', type: 'core' },
    { name: 'sindri-provider-pods', version: '2.0.0', type: 'link' },
  ];
  const versions = {
    schema: 'sindri.version/1',
    version: '0.1.0',
    node: 'v20',
    platform: 'linux-x64',
    plugins,
  } as const;
  expect(formatVersion({ ...versions }, '@sindri/cli/0.1.0')).toBe(
    '@sindri/cli/0.1.0\nsindri-provider-pods 2.0.0 (link)',
  );
});
