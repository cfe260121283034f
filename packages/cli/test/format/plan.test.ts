import type { CostSummary } from '@sindri/core';
import { formatCostReport } from '../../src/format/cost';
import { formatCost } from '../../src/format/money';
import { formatPlan } from '../../src/format/plan';
import { createStyle } from '../../src/style';
import { foldText } from '../../src/terminal/fold';
import { change, plain, plan } from '../fakes';

const lines = (text: string) => text.split('\n').map((line) => line.trimEnd());

describe('formatPlan', () => {
  it('says in one line that there is nothing to do', () => {
    expect(formatPlan(plan([]), plain)).toBe('demo on fake: nothing to do.');
    expect(formatPlan(plan([], { intent: 'destroy' }), plain)).toBe('demo on fake: nothing is left.');
  });

  it('shows each change with what it means and what it costs', () => {
    const text = formatPlan(
      plan([
        change('volume:home', { monthlyCostDelta: 4.5, impact: ['paid'] }),
        change('machine:m', {
          action: 'update',
          title: 'update machine m',
          impact: ['restart'],
          differences: [{ field: 'guest.memory_mb', from: 2048, to: 4096, why: 'deployment.resources.memory' }],
        }),
        change('volume:old', { action: 'delete', title: 'delete volume old', impact: ['data-loss'] }),
      ]),
      plain,
    );
    expect(lines(text)).toEqual(
      expect.arrayContaining([
        'demo on fake: 3 changes to make',
        '  + create volume home  (+$4.50/month)',
        '  ~ update machine m    (restarts)',
        '      guest.memory_mb: 2048 → 4096  deployment.resources.memory',
        '  - delete volume old   (data is lost)',
        'This changes the bill by +$4.50/month.',
      ]),
    );
  });

  it('does not repeat the fields of a thing that is created', () => {
    const created = change('app:demo', { differences: [{ field: 'name', from: null, to: 'demo' }] });
    expect(formatPlan(plan([created]), plain)).not.toContain('name:');
  });

  it('shows notes, and the cost with what it is made of', () => {
    const text = formatPlan(
      plan([], {
        notes: [{ level: 'warning', code: 'FLY_GPU', message: 'GPUs were withdrawn on 2026-08-01.' }],
        cost: {
          currency: 'USD',
          monthlyRunning: 26.7,
          monthlyIdle: 4.5,
          items: [
            { title: 'machine', monthly: 22.2 },
            { title: 'volume 30 GB', monthly: 4.5 },
          ],
          pricesAsOf: '2026-02-01',
        },
      }),
      plain,
    );
    expect(lines(text)).toEqual(
      expect.arrayContaining([
        '  ! GPUs were withdrawn on 2026-08-01.',
        'Cost: $26.70 a month always on, $4.50 asleep (prices of 2026-02-01)',
        '  $22.20  machine',
        '   $4.50  volume 30 GB',
      ]),
    );
  });

  it('says what a deploy does to the bill, unless it makes all of it', () => {
    const cost = { currency: 'USD', monthlyRunning: 10, monthlyIdle: 4, items: [], pricesAsOf: '2026-02-01' } as const;
    const adding = (monthlyCostDelta: number) =>
      plan([change('volume:home', { monthlyCostDelta })], { cost: { ...cost, items: [] } });
    expect(formatPlan(adding(4), plain)).toContain('This changes the bill by +$4.00/month.');
    expect(formatPlan(adding(10), plain)).not.toContain('changes the bill');
  });

  it('leaves long notes whole: how wide the terminal is decides where they break', () => {
    const message = 'word '.repeat(60).trim();
    const text = formatPlan(plan([], { notes: [{ level: 'info', code: 'X', message }] }), plain);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeGreaterThan(message.length);
    expect(text).toContain(message);
  });

  it('says where secrets are from, and what leaves this computer', () => {
    const secrets = [
      { name: 'AUTHORIZED_KEYS', origin: '~/.ssh/id_ed25519.pub' },
      { name: 'TOKEN', origin: 'environment' },
    ];
    const consents = [{ code: 'outside-project', message: 'TOKEN is read from /etc/token.', key: 'k' } as const];
    const text = formatPlan(plan([change('app:demo')], { secrets, consents: [...consents] }), plain);
    expect(lines(text)).toEqual(
      expect.arrayContaining([
        '  AUTHORIZED_KEYS  from ~/.ssh/id_ed25519.pub',
        '  TOKEN            from environment',
        '  ! TOKEN is read from /etc/token.',
      ]),
    );
    expect(formatPlan(plan([], { secrets }), plain)).toBe('demo on fake: nothing to do.');
  });

  it('each sum of the cost is the sum of a column', () => {
    const cost = {
      currency: 'USD',
      monthlyRunning: 34.78,
      monthlyIdle: 5.7,
      items: [
        { title: 'machine', monthly: 30.28, monthlyIdle: 0 },
        { title: 'root file system of the stopped machine', monthly: 0, monthlyIdle: 1.2 },
        { title: 'volume 30 GB', monthly: 4.5 },
      ],
      pricesAsOf: null,
    };
    expect(formatCost(cost, plain).split('\n')).toEqual([
      'Cost: $34.78 a month always on, $5.70 asleep',
      '  always on  asleep',
      '     $30.28   $0.00  machine',
      '      $0.00   $1.20  root file system of the stopped machine',
      '      $4.50   $4.50  volume 30 GB',
    ]);
  });

  it('shows what is expected between always on and asleep, line by line', () => {
    const cost: CostSummary = {
      currency: 'USD',
      monthlyRunning: 34.78,
      monthlyIdle: 5.7,
      monthlyExpected: 12.81,
      awake: { hours: 176, basis: 'assumed' },
      items: [
        { title: 'machine', monthly: 30.28, monthlyIdle: 0, monthlyExpected: 7.4 },
        { title: 'root file system', monthly: 0, monthlyIdle: 1.2, monthlyExpected: 0.91 },
        { title: 'volume 30 GB', monthly: 4.5, monthlyExpected: 4.5 },
      ],
      pricesAsOf: null,
    };
    expect(formatCost(cost, plain).split('\n')).toEqual([
      'Cost: $34.78 a month always on, $12.81 with 176 hours awake (assumed: 8 on 22 days), $5.70 asleep',
      '  always on  expected  asleep',
      '     $30.28     $7.40   $0.00  machine',
      '      $0.00     $0.91   $1.20  root file system',
      '      $4.50     $4.50   $4.50  volume 30 GB',
    ]);
    const always = { ...cost, awake: { hours: 720, basis: 'always' } as const };
    expect(formatCost(always, plain)).not.toContain('awake');
  });

  it('the bill has a line below each line, what was spent, and what is paid by use', () => {
    const text = formatCostReport(
      {
        schema: 'sindri.cost/1',
        environment: 'demo',
        provider: 'fly',
        of: 'deployed',
        currency: 'USD',
        monthlyRunning: 34.78,
        monthlyIdle: 5.7,
        monthlyExpected: 20.24,
        awake: { hours: 360, basis: 'measured', days: 12 },
        items: [
          {
            title: 'machine',
            monthly: 30.28,
            monthlyIdle: 1.2,
            monthlyExpected: 15.74,
            soFar: 3.1,
            explanation: '2 CPUs',
          },
          { title: 'volume', monthly: 4.5, monthlyExpected: 4.5, soFar: 0.4 },
        ],
        soFar: { month: '2026-11', spent: 3.5 },
        rates: [{ title: 'outbound data', price: 0.02, unit: 'GB', note: 'what comes in is free' }],
        pricesAsOf: '2026-11-01',
      },
      plain,
      'Old.',
    );
    expect(text.split('\n')).toEqual([
      'demo on fly: $20.24 a month with 360 hours awake (measured over 12 days); $5.70 always asleep, $34.78 always on',
      'November 2026 so far: $3.50',
      '',
      'ASLEEP  EXPECTED  ALWAYS ON  SO FAR  FOR',
      ' $1.20    $15.74     $30.28   $3.10  machine',
      '    2 CPUs',
      ' $4.50     $4.50      $4.50   $0.40  volume',
      ' $5.70    $20.24     $34.78   $3.50  together',
      '',
      'Paid by use, in none of these sums:',
      '  $0.02 a GB  outbound data (what comes in is free)',
      '',
      'Prices of 2026-11-01. An estimate: the invoice is the truth.',
      '! Old.',
    ]);
  });

  it('remarks and fields stand below one another', () => {
    const changes = [
      change('app:demo', { title: 'create app demo' }),
      change('volume:home', { title: 'create volume home_data, 30 GB', monthlyCostDelta: 4.5 }),
      change('machine:demo', {
        action: 'update',
        title: 'update machine demo',
        impact: ['restart'],
        monthlyCostDelta: 0,
        differences: [
          { field: 'image', from: 'a', to: 'b' },
          { field: 'memory', from: 1, to: 2 },
        ],
      }),
    ];
    const text = formatPlan(plan(changes), plain).split('\n');
    expect(text.slice(2, 7)).toEqual([
      '  + create app demo',
      '  + create volume home_data, 30 GB  (+$4.50/month)',
      '  ~ update machine demo             (restarts)',
      '      image:  a → b',
      '      memory: 1 → 2',
    ]);
    // Where there is no room for a column, each stands behind its own.
    expect(formatPlan(plan(changes), createStyle(false, 40))).toContain('  ~ update machine demo  (restarts)');
  });

  it('is readable on any background: nothing but the day of the prices is dim, nothing yellow', () => {
    const changes = [
      change('machine:demo', {
        action: 'update',
        title: 'update',
        impact: ['restart'],
        differences: [{ field: 'image', from: 'a', to: 'b', why: 'because' }],
      }),
    ];
    const notes = [
      { level: 'warning', code: 'X', message: 'look' },
      { level: 'info', code: 'Y', message: 'see' },
    ] as const;
    const cost = {
      currency: 'USD',
      monthlyRunning: 4,
      monthlyIdle: 4,
      items: [{ title: 'volume', monthly: 4 }],
      pricesAsOf: '2026-02-01',
    };
    const text = formatPlan(plan(changes, { notes: [...notes], cost }), createStyle(true, 80));
    const dim = [...text.matchAll(/\u001b\[2m(.*?)\u001b\[22m/g)].map(([, words]) => words);
    expect(dim).toEqual(['(prices of 2026-02-01)']);
    expect(text).not.toMatch(/\u001b\[(33|37|9\d)m/);
  });

  it('breaks them where the terminal ends', () => {
    const notes = [{ level: 'info', code: 'X', message: 'word '.repeat(60).trim() }] as const;
    const text = foldText(formatPlan(plan([], { notes: [...notes] }), plain), 60);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
  });

  it('tells what a destroy saves, and nothing when that is unknown', () => {
    const gone = change('app:demo', { action: 'delete', monthlyCostDelta: -6.5, impact: ['data-loss'] });
    expect(formatPlan(plan([gone], { intent: 'destroy' }), plain)).toContain('Saves $6.50/month.');
    const told = [{ level: 'info', code: 'DEMO_SAVINGS', message: 'Saves up to $6.50 a month.' }] as const;
    expect(formatPlan(plan([gone], { intent: 'destroy', notes: [...told] }), plain).match(/saves/gi)).toHaveLength(1);
    const unknown = { ...gone, monthlyCostDelta: null };
    expect(formatPlan(plan([unknown], { intent: 'destroy' }), plain)).not.toContain('Saves');
  });
});
