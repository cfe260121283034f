import { stringify } from 'smol-toml';
import type { FlyDesired } from '../desired/desired.js';
import { toWireGuest } from '../hardware/guest.js';
import { toWirePorts, toWireTimes } from './machine-config.js';

/**
 * The fly.toml with which flyctl would make the same machine: after a `fly deploy` of it there is nothing left for Sindri to
 * change. Keys are those that flyctl reads; what flyctl adds by itself (process group, primary region in the environment) is
 * left to it.
 */
export function toFlyToml(desired: FlyDesired): string {
  const { names, image, guest, swapMb, env, mount, services, check, restart, files } = desired;
  const document = {
    app: names.app,
    primary_region: names.region,
    // A key of its own: inside [[vm]] flyctl does not read it.
    ...(swapMb === null ? {} : { swap_size_mb: swapMb }),
    build: { image: image.reference },
    deploy: { strategy: 'rolling', wait_timeout: '10m' },
    env,
    mounts: [
      {
        source: mount.volume,
        destination: mount.path,
        initial_size: `${mount.sizeGb}gb`,
        snapshot_retention: mount.snapshotRetention,
        auto_extend_size_threshold: mount.growAtPercent,
        auto_extend_size_increment: `${mount.growByGb}GB`,
        auto_extend_size_limit: `${mount.growToGb}GB`,
      },
    ],
    services: services.map((service) => ({
      internal_port: service.internalPort,
      protocol: 'tcp',
      auto_stop_machines: service.autostop,
      auto_start_machines: service.autostart,
      min_machines_running: service.minMachinesRunning,
      ports: toWirePorts(service),
      tcp_checks: [toWireTimes(service.check)],
    })),
    vm: [toWireGuest(guest)],
    checks: { [check.name]: { type: 'tcp', port: check.port, ...toWireTimes(check) } },
    restart: [{ policy: restart.policy, retries: restart.maxRetries }],
    ...(files.length === 0
      ? {}
      : { files: files.map(({ secret, path }) => ({ guest_path: path, secret_name: secret })) }),
  };
  return `${header(desired)}\n${stringify(document)}\n`;
}

function header({ names, build }: FlyDesired): string {
  return [
    `# What Sindri makes of this environment on Fly.io, as a fly.toml. Generated from sindri.yaml; Sindri does not read it.`,
    `# flyctl needs the app first: fly apps create ${names.app} --org ${names.organization}`,
    '# and addresses that carry SSH: fly ips allocate-v6' +
      (names.dedicatedIpv4 ? '; fly ips allocate-v4' : '; fly ips allocate-v4 --shared'),
    '# and one machine only: fly deploy --ha=false',
    ...(build === null
      ? []
      : ['# The image is built from source by `sindri deploy`, whose plan shows its tag: put that in here.']),
    '',
  ].join('\n');
}
