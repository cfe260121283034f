import { settle } from '../../../src/planner/desired/desired.js';
import { servicesOf } from '../../../src/planner/desired/services.js';
import { defaultOptions } from '../../../src/planner/desired/options.js';
import { toFlyToml } from '../../../src/planner/config/fly-toml.js';
import { diffMachine } from '../../../src/planner/config/machine-diff.js';
import { toMachineConfig } from '../../../src/planner/config/machine-config.js';
import { flySample, toMachineData, validateSpec } from '../../../src/planner/index.js';
import { asServer } from '../support/fly-world.js';
import { spec } from '../support/specs.js';

describe('where an option comes from', () => {
  const environment = { organization: 'acme', region: 'ams' };
  const volume = { region: 'fra', sizeGb: 10 };

  it.each([
    ['the config', { region: 'lhr', organization: 'own' }, environment, volume, ['lhr', 'config', 'own', 'config']],
    ['what exists', {}, environment, volume, ['fra', 'observed', 'acme', 'environment']],
    ['the environment', {}, environment, null, ['ams', 'environment', 'acme', 'environment']],
    ['the default', {}, { organization: null, region: null }, null, ['sjc', 'default', 'personal', 'default']],
    ['nobody else known', {}, null, null, ['sjc', 'default', 'personal', 'default']],
  ])('%s', (_name, fly, defaults, seen, expected) => {
    const { names, origins } = settle(spec({ fly }), { defaults, volume: seen });
    expect([names.region, origins.region, names.organization, origins.organization]).toEqual(expected);
  });

  it('is known for every option', () => {
    expect(Object.keys(settle(spec()).origins).sort()).toEqual(Object.keys(defaultOptions).sort());
  });

  it('in snake_case is the config too', () => {
    const wanted = spec({ origins: ['providers.fly.auto_stop_machines'] });
    expect(settle(wanted).origins.autoStopMachines).toBe('config');
  });
});

describe('services', () => {
  const desired = settle(spec({ fly: { sshTlsPort: false } }));
  const tls = {
    ...desired,
    services: servicesOf({ ...defaultOptions, sshTlsPort: false }).map((service) => ({
      ...service,
      ports: [...service.ports, { port: 443, handlers: ['tls' as const] }],
    })),
  };

  it('another port goes into the machine config, the fly.toml and the comparison', () => {
    const ports = [{ port: 10022 }, { port: 443, handlers: ['tls'] }];
    expect(toMachineConfig(tls, [])['services']).toMatchObject([{ internal_port: 2222, ports }]);
    expect(toFlyToml(tls)).toContain('port = 443');
    const config = asServer(toMachineConfig(desired, []));
    const machine = toMachineData({ id: '1', name: 'my-sindri-1', state: 'started', region: 'sjc', config });
    const { settings } = diffMachine(tls, machine, machine.config ?? {}, []);
    expect(settings).toContainEqual({
      field: 'services.ssh.ports',
      from: [10022],
      to: [10022, '443 tls'],
    });
  });

  it('another service is added beside the first', () => {
    const two = {
      ...desired,
      services: [...desired.services, { ...desired.services[0]!, name: 'web', internalPort: 80 }],
    };
    expect(toMachineConfig(two, [])['services']).toHaveLength(2);
    const config = asServer(toMachineConfig(desired, []));
    const machine = toMachineData({ id: '1', name: 'my-sindri-1', state: 'started', region: 'sjc', config });
    const diff = diffMachine(two, machine, machine.config ?? {}, []);
    expect(diff.settings.map(({ field }) => field)).toEqual(['services.web']);
    expect(diff.config['services']).toHaveLength(2);
  });
});

describe('the sample', () => {
  it('is a config that Fly takes without a word', () => {
    const [, memoryGb] = /^(\d+)GB$/.exec(flySample.memory ?? '') ?? [];
    const [, sizeGb] = /^(\d+)GB$/.exec(flySample.volume ?? '') ?? [];
    const sample = spec({ memoryMb: Number(memoryGb) * 1024, cpus: flySample.cpus, sizeGb: Number(sizeGb) });
    expect(validateSpec(sample)).toEqual([]);
  });
});
