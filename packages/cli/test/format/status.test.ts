import { formatStatus, shownAddress } from '../../src/format/status';
import { createStyle } from '../../src/style';
import { plain, summary } from '../fakes';

const commands = { deploy: 'sindri deploy --local', destroy: 'sindri destroy --local', logs: 'sindri logs --local' };
const now = Date.parse('2026-03-01T12:03:30Z');

describe('formatStatus', () => {
  it('shows state, place, size, times, idle behaviour and cost', () => {
    const text = formatStatus(summary(), plain, now, commands);
    for (const part of [
      'demo on fake: running (started)',
      'sjc',
      'ghcr.io/acme/demo:1',
      '2 CPUs, 4 GB memory, 30 GB volume',
      'ssh demo.fly.dev:10022 (dedicated IPv6, free)',
      '2026-03-01 12:00:30 UTC, 3 min ago',
      'Suspends after',
      '$25.10 a month',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('tells who keeps it awake', () => {
    const holds = [{ reason: 'on request', by: 'ann', until: '2026-03-01T13:00:00Z' }];
    expect(formatStatus(summary({ holds }), plain, now, commands)).toContain(
      'Kept awake  on request by ann, until 2026-03-01 13:00 UTC unless it is renewed',
    );
  });

  it('tells until when the token of the environment works, and how to renew one that ends soon', () => {
    const row = (endsAt: string, endsSoon: boolean): string | undefined =>
      formatStatus(summary({ ownToken: { secret: 'PLATFORM_TOKEN', endsAt, endsSoon } }), plain, now, {
        ...commands,
        protect: 'sindri secrets protect',
      })
        .split('\n')
        .find((line) => line.includes('Token'))
        ?.trim();
    expect(row('2026-05-01T00:00:00Z', false)).toBe('Token       PLATFORM_TOKEN, until 2026-05-01');
    expect(row('2026-03-05T00:00:00Z', true)).toBe(
      'Token       PLATFORM_TOKEN, until 2026-03-05. Renew it: sindri secrets protect',
    );
    expect(row('2026-02-28T00:00:00Z', true)).toBe(
      'Token       PLATFORM_TOKEN has ended on 2026-02-28. Renew it: sindri secrets protect',
    );
  });

  it('cuts a digest that does not fit on a line, on a terminal only', () => {
    const image = `ghcr.io/acme/demo:1@sha256:${'0123456789abcdef'.repeat(4)}`;
    const at = (columns?: number) => formatStatus(summary({ image }), createStyle(false, columns), now, commands);
    expect([at(), at(120)].every((text) => text.includes(image))).toBe(true);
    expect(at(60)).toContain('  Image       ghcr.io/acme/demo:1@sha256:0123456789ab…\n');
  });

  it('says what to type when nothing is there', () => {
    expect(formatStatus(summary({ state: 'absent', platformState: null }), plain, now, commands)).toBe(
      'demo on fake: not deployed\n\nMake it: sindri deploy --local',
    );
  });

  it('offers what was kept for use or for deletion, and not for repair', () => {
    const cost = { currency: 'EUR', monthlyRunning: 4.5, monthlyIdle: 4.5, items: [], pricesAsOf: null };
    const kept = summary({ state: 'absent', platformState: null, kept: ['volume home, 30 GB'], cost });
    expect(formatStatus(kept, plain, now, commands).split('\n')).toEqual([
      'demo on fake: not deployed',
      '  Kept        volume home, 30 GB',
      '  Costs       4.50 EUR a month',
      '',
      'Deploy, using it again: sindri deploy --local',
      'Delete it for good:     sindri destroy --local',
    ]);
  });

  it('tells the volume that a restore has replaced, beside what is used', () => {
    const text = formatStatus(summary({ kept: ['volume home-1, 30 GB'] }), plain, now, commands);
    expect(text).toContain('\n  Kept        volume home-1, 30 GB\n');
    expect(text).not.toContain('using it again');
  });

  it('tells why nobody gets in when no method can work, and nothing of one that is not needed', () => {
    const tunnel = { method: 'tunnel', unavailable: 'There is no peer: make one.' };
    const shown = (...connections: { method: string; unavailable: string | null }[]): string =>
      formatStatus(summary({ connections }), plain, now, commands);
    expect(shown(tunnel, { method: 'direct', unavailable: 'There is no address.' })).toContain(
      '  No way in   tunnel: There is no peer: make one.\n              direct: There is no address.\n',
    );
    expect(shown(tunnel, { method: 'direct', unavailable: null })).not.toContain('tunnel');
  });

  it('lists instances when there are several', () => {
    const instance = { state: 'running', platformState: 'started', region: 'sjc' } as const;
    const one = formatStatus(summary({ instances: [{ ...instance, name: 'web-1' }] }), plain, now, commands);
    expect(one).not.toContain('web-1');
    const instances = [
      { ...instance, name: 'web-1' },
      { ...instance, name: 'web-12', region: null },
    ];
    const text = formatStatus(summary({ instances }), plain, now, commands);
    expect(text).toContain('  Instances   web-1   running (started), sjc\n              web-12  running (started)\n');
  });

  it('gives the reason and the next step when something is wrong', () => {
    const text = formatStatus(
      summary({ state: 'failed', platformState: 'stopped', stateReason: 'It exited with code 78.' }),
      plain,
      now,
      commands,
    );
    expect(text).toContain('failed (stopped). It exited with code 78.');
    expect(text).toContain('sindri logs --local');
  });

  it('puts an IPv6 address with a port in brackets', () => {
    expect(shownAddress({ type: 'ssh', value: '2001:db8::1', port: 10022 })).toBe('ssh [2001:db8::1]:10022');
    expect(shownAddress({ type: 'internal', value: 'fdaa::3' })).toBe('internal fdaa::3');
  });
});
