import { formatStatus, shownAddress } from '../../src/format/status';
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

  it('says what to type when nothing is there', () => {
    expect(formatStatus(summary({ state: 'absent', platformState: null }), plain, now, commands)).toBe(
      'demo on fake: not deployed\n\nMake it: sindri deploy --local',
    );
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
