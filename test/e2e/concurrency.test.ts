import { startFlyEmulator, type FlyEmulator } from '@sindri/fly-emulator';
import { createWorkplace, quickstart, type Workplace } from './sindri';

describe('two deploys started at once', () => {
  let emulator: FlyEmulator;
  let workplace: Workplace;

  beforeEach(async () => {
    emulator = await startFlyEmulator();
    workplace = createWorkplace(emulator.env);
    workplace.write('sindri.yaml', quickstart());
  });

  afterEach(async () => {
    await emulator.stop();
    workplace.remove();
  });

  it('make one environment, without a duplicate', async () => {
    const [first, second] = await Promise.all([
      workplace.run(['deploy', '--yes', '--lock-timeout', '60']),
      workplace.run(['deploy', '--yes', '--lock-timeout', '60']),
    ]);
    expect([first.code, second.code, first.code && first.stderr, second.code && second.stderr]).toEqual([0, 0, 0, 0]);

    const { apps, volumes, machines, ips } = emulator.inspect();
    expect(apps).toHaveLength(1);
    expect(volumes.filter((volume) => volume.state === 'created')).toHaveLength(1);
    expect(machines.filter((machine) => machine.state !== 'destroyed')).toHaveLength(1);
    expect(ips).toHaveLength(2);

    const again = await workplace.json(['plan']);
    expect(again.document.changes).toEqual([]);
  });

  it('tells who holds the lease when it does not want to wait', async () => {
    expect((await workplace.run(['deploy', '--yes'])).code).toBe(0);
    const [machine] = emulator.inspect().machines;
    const lease = await fetch(`${emulator.url}/v1/apps/my-sindri-fly/machines/${machine?.id}/lease`, {
      method: 'POST',
      headers: { authorization: `Bearer ${emulator.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ttl: 120, description: 'deploy by somebody@elsewhere' }),
    });
    expect(lease.status).toBe(201);

    workplace.write(
      'sindri.yaml',
      quickstart('my-sindri-fly', [
        ['sshPort: 10022', ''],
        ['region: sjc', 'region: sjc\n    sshPort: 10023'],
      ]),
    );
    const loser = await workplace.run(['deploy', '--yes', '--lock-timeout', '0']);
    expect(loser.code).toBe(5);
    expect(loser.stderr).toContain('deploy by somebody@elsewhere');
    expect(loser.stderr).toContain('FLY_LEASE_HELD');
  });
});
