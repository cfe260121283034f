import type { Finding } from '@sindri/core';
import { createWorkplace, quickstart, type Workplace } from '../support/workplace';
import { fastClock } from '../support/context';

const small = quickstart.replace('4GB', '2GB');
const installing = `${small}extensions:\n  profile: fullstack\n`;
/** By TLS the free shared IPv4 would be a way. */
const withoutTls = small.replace('    region: sjc\n', '    region: sjc\n    sshTlsPort: false\n');
const app = 'my-sindri-fly';
const GIB = 1024 ** 3;

describe('diagnose', () => {
  let workplace: Workplace;
  const start = async (options: Parameters<typeof createWorkplace>[0] = {}, config = small): Promise<void> => {
    workplace = await createWorkplace(options);
    await workplace.deploy({ config });
  };
  const diagnose = async (config = small): Promise<Finding[]> => {
    const environment = await workplace.open({ config, clock: fastClock(20) });
    return (await environment.diagnose()).findings;
  };
  const machine = () => workplace.emulator.inspect().machines[0]?.name ?? '';
  const commands = (finding: Finding | undefined) => finding?.fix.map(({ command }) => command);

  afterEach(() => workplace.remove());

  it('suspended while extensions are being installed', async () => {
    const idle = { idleTimeoutMs: 150, edgeCheckIntervalMs: 30 };
    await start({ latency: { installMs: 3_600_000 }, ...idle }, installing);
    await workplace.emulator.admin.untilState(app, machine(), 'suspended');
    const [finding] = await diagnose(installing);
    expect(finding).toMatchObject({ id: 'asleep-during-installation', severity: 'problem' });
    expect(finding?.evidence.join('\n')).toMatch(/Installing extensions: profile fullstack\n.*suspended/);
    expect(commands(finding)).toContain('sindri hold 1h');
    expect(workplace.emulator.inspect().machines[0]?.state).toBe('suspended');
  });

  it('an installation that nothing protects, and none once it is over', async () => {
    await start({ latency: { installMs: 3_600_000 } }, installing);
    expect(await diagnose(installing)).toMatchObject([{ id: 'fly-installation-unprotected', severity: 'warning' }]);
    await workplace.remove();
    await start({}, installing);
    expect(await diagnose(installing)).toEqual([]);
  });

  it('connections that time out', async () => {
    await start({}, withoutTls);
    workplace.emulator.admin.strayAddresses(app);
    const [finding] = await diagnose(withoutTls);
    expect(finding).toMatchObject({ id: 'connection-timeout', severity: 'problem' });
    expect(finding?.evidence[0]).toContain('100::');
    expect(finding?.evidence.join()).not.toContain('null');
    expect(commands(finding)).toEqual(['sindri connect --method proxy', 'sindri tunnel 10022:2222', 'sindri deploy']);
  });

  it('no key that is admitted: the secret is missing', async () => {
    await start();
    const request = { headers: { authorization: `Bearer ${workplace.emulator.token}` }, method: 'DELETE' };
    await fetch(`${workplace.emulator.url}/v1/apps/${app}/secrets/AUTHORIZED_KEYS`, request);
    const [finding] = await diagnose();
    expect(finding).toMatchObject({ id: 'permission-denied', severity: 'problem' });
    expect(finding?.evidence[0]).toContain('SINDRI_ENVIRONMENT');
    expect(commands(finding)).toEqual(['sindri deploy']);
  });

  it('connections that are refused: it sleeps, and none wakes it', async () => {
    const config = small.replace('region: sjc', 'region: sjc\n    autoStartMachines: false');
    await start({}, config);
    await (await workplace.open({ config })).suspend();
    const [finding] = await diagnose(config);
    expect(finding).toMatchObject({ id: 'connection-refused', severity: 'problem' });
    expect(finding?.evidence).toContain(`Machine ${machine()} is suspended`);
    expect(commands(finding)).toEqual(['sindri start']);
  });

  it('a full volume', async () => {
    await start();
    workplace.emulator.admin.fillVolume(app, 'home_data', 29.5 * GIB);
    const [finding] = await diagnose();
    expect(finding).toMatchObject({ id: 'volume-full', severity: 'problem' });
    expect(finding?.evidence[0]).toMatch(/home_data: 29\.8 GB of 30\.0 GB/);
    expect(commands(finding)).toContain('sindri volume extend 45GB');
  });

  it('too little memory', async () => {
    await start();
    workplace.emulator.admin.exitMachine(app, machine(), { code: 137, signal: 9, oomKilled: true });
    const [finding] = await diagnose();
    expect(finding).toMatchObject({ id: 'out-of-memory', severity: 'problem' });
    expect(finding?.evidence[0]).toMatch(/out of memory/i);
    expect(commands(finding)).toEqual(['sindri scale memory 4GB']);
    await workplace.deploy({ config: quickstart });
    expect(await diagnose(quickstart)).toEqual([]);
  });

  it('a host that does not answer, and nothing else of what cannot be asked', async () => {
    await start();
    const [{ id } = { id: '' }] = workplace.emulator.inspect().machines;
    workplace.emulator.faults.inject({ name: 'host-unreachable', match: { machine: id } });
    const findings = await diagnose();
    expect(findings.map((finding) => finding.id)).toEqual(['fly-host-unreachable']);
    expect(commands(findings[0])).toEqual(['sindri status --watch', 'sindri volume snapshots']);
  });

  it('no address that carries raw TCP', async () => {
    await start();
    const { url, token } = workplace.emulator;
    for (const { ip, type } of workplace.emulator.inspect().ips) {
      if (type !== 'v6') continue;
      const request = { headers: { authorization: `Bearer ${token}` }, method: 'DELETE' };
      await fetch(`${url}/v1/apps/${app}/ip_assignments/${ip}`, request);
    }
    const [finding] = await diagnose();
    expect(finding).toMatchObject({ id: 'no-address', severity: 'problem' });
    expect(finding?.evidence[0]).toContain('shared IPv4');
    expect(commands(finding)).toEqual(['sindri deploy']);
  });
});
