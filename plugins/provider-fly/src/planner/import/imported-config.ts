import type { ImportedConfig, ImportRemark } from '@sindri/core';
import { sshPort as imageSshPort } from '@sindri/image-contract';
import { diffMachine } from '../config/machine-diff.js';
import { leakedVariables, ownVariables } from '../config/own-variables.js';
import { settle, type FlyDesired } from '../desired/desired.js';
import { homeVolumeName } from '../desired/names.js';
import { asList, asMap, type JsonMap } from '../observed/json-maps.js';
import { isTlsPort } from '../observed/published-port.js';
import type { FoundOnFly } from './found-on-fly.js';
import { otherFiles } from './secret-files.js';
import { settingsFrom, toDocument, toSpec } from './imported-settings.js';

/**
 * The config whose deploy changes as little as possible about what was found, and a remark for everything that it cannot say: found by
 * comparing, as a plan does, what a deploy would make of it with what is there. Pure.
 */
export function importedConfig(found: FoundOnFly): ImportedConfig {
  const settings = settingsFrom(found);
  const volume =
    found.volume === null || found.region === null ? null : { region: found.region, sizeGb: found.volume.sizeGb };
  const desired = settle(toSpec(settings), { defaults: null, volume });
  const { settings: differences, along } = diffMachine(
    desired,
    found.machine,
    found.config,
    settings.secrets.map(({ name }) => name),
  );
  return {
    config: toDocument(settings),
    remarks: [
      // What waits for the next update of a machine comes with the first one.
      ...[...differences, ...(found.live ? [] : along)].map(({ field, from, to }): ImportRemark => ({
        subject: field,
        effect: 'changes',
        message: `${textOf(from)} becomes ${textOf(to)}.`,
      })),
      ...otherVolume(found),
      ...otherSize(found, desired),
      ...untold(found).map((subject): ImportRemark =>
        found.live
          ? { subject, effect: 'stays', message: 'A config cannot say it; a deploy leaves it as it is.' }
          : {
              subject,
              effect: 'lost',
              message: 'A config cannot say it; an environment made from it does not have it.',
            },
      ),
      ...found.flyctlOnly.map((subject): ImportRemark => ({
        subject,
        effect: 'lost',
        message: 'Only flyctl makes something of it.',
      })),
    ],
  };
}

function otherVolume({ volume }: FoundOnFly): ImportRemark[] {
  if (volume === null) {
    const message = 'There is none. A deploy makes one for the home, and the machine anew with it.';
    return [{ subject: 'volume', effect: 'changes', message }];
  }
  if (volume.name === homeVolumeName) return [];
  const message = `It is called ${volume.name}. Sindri uses one called ${homeVolumeName}: what is on the other does not come along.`;
  return [{ subject: 'volume', effect: 'changes', message }];
}

/** A config says one size and one retention for both machines. A volume that is larger stays as it is, and so does what Fly does not tell. */
function otherSize({ secondVolume = null }: FoundOnFly, { mount }: FlyDesired): ImportRemark[] {
  if (secondVolume === null) return [];
  const { name, sizeGb, snapshotRetention } = secondVolume;
  const isKept = snapshotRetention === null || snapshotRetention === mount.snapshotRetention;
  return [
    ...(sizeGb < mount.sizeGb ? [{ from: `${sizeGb} GB`, to: `${mount.sizeGb} GB` }] : []),
    ...(isKept ? [] : [{ from: `snapshots of ${snapshotRetention} days`, to: `${mount.snapshotRetention} days` }]),
  ].map(({ from, to }) => ({
    subject: `volume ${name}`,
    effect: 'changes',
    message: `${from} becomes ${to}: a config says one for both machines.`,
  }));
}

/** What is in the config of a machine and neither compared nor touched by a deploy. */
function untold({ config, others, secrets }: FoundOnFly): string[] {
  const env = Object.keys(asMap(config['env'])).filter((name) => !ownVariables.has(name) && !leakedVariables.has(name));
  const services = asList(config['services']).map(asMap);
  const isSsh = (service: JsonMap): boolean =>
    service['internal_port'] === imageSshPort && (service['protocol'] ?? 'tcp') === 'tcp';
  const ssh = services.find(isSsh);
  return [
    ...keysBeside(config, KNOWN),
    ...keysBeside(asMap(config['guest']), GUEST).map((key) => `guest.${key}`),
    ...keysBeside(asMap(config['init']), ['swap_size_mb']).map((key) => `init.${key}`),
    ...env.map((name) => `env.${name}`),
    ...otherFiles(config, secrets).map((path) => `file ${path}`),
    ...asList(config['mounts'])
      .slice(1)
      .map((mount) => `mount ${textOf(asMap(mount)['path'])}`),
    ...services
      .filter((service) => service !== ssh)
      .map((service) => `service of port ${textOf(service['internal_port'])}`),
    ...(ssh === undefined ? [] : untoldOfSsh(ssh)),
    ...Object.keys(asMap(config['checks']))
      .filter((name) => name !== 'ssh')
      .map((name) => `checks.${name}`),
    ...others,
  ];
}

function untoldOfSsh(service: JsonMap): string[] {
  const handled = asList(service['ports'])
    .map(asMap)
    .filter((port) => asList(port['handlers']).length > 0 && !isTlsPort(port));
  return [
    ...keysBeside(service, SERVICE).map((key) => `services.ssh.${key}`),
    ...handled.map(({ port }) => `services.ssh.ports.${textOf(port)}`),
  ];
}

const KNOWN = ['image', 'size', 'guest', 'init', 'env', 'mounts', 'services', 'checks', 'restart', 'files', 'metadata'];
const GUEST = ['cpu_kind', 'cpus', 'memory_mb', 'gpu_kind', 'gpus'];
const SERVICE = ['protocol', 'internal_port', 'autostop', 'autostart', 'min_machines_running', 'ports', 'checks'];

/** Keys that say something; the platform writes out what is empty, too. */
function keysBeside(map: JsonMap, known: readonly string[]): string[] {
  return Object.keys(map).filter((key) => !known.includes(key) && says(map[key]));
}

function says(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value);
  return Object.values(value).some((item) => typeof item === 'number' || says(item));
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
