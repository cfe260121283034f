import { fingerprint, type JsonObject } from '@sindri/core';
import { metadataKeys } from '../../model.js';
import { flyctlEnvironment, type FlyDesired } from '../desired/desired.js';
import type { CheckTimes, FlyService } from '../desired/services.js';
import { toWireGuest } from '../hardware/guest.js';

/**
 * The config of a new machine, complete except for what `apply` fills in: the volume's id, the launch id and the marks of the
 * secrets. `secretNames` are the secrets that this deploy sets.
 */
export function toMachineConfig(desired: FlyDesired, secretNames: readonly string[]): JsonObject {
  const files = toWireFiles(desired, secretNames);
  const config = { ...toSettings(desired), ...(files.length === 0 ? {} : { files }) };
  return { ...config, metadata: toMetadata(desired, secretNames) };
}

/** Hash of everything Sindri wants a machine's config to say. A live config that differs under the same hash was changed elsewhere. */
export function settingsHash(desired: FlyDesired): string {
  const { image, build } = desired;
  // What can wait is missing on machines that are as wanted all the same.
  const services = desired.services.map((service) => ({
    ...service,
    ports: service.ports.filter(({ canWait }) => canWait !== true),
  }));
  // What is built has its digest only afterwards, and is the same image before and after.
  const named = build === null ? image : { ...image, reference: build.reference };
  return fingerprint(toSettings({ ...desired, services, image: named })).slice(0, 32);
}

/** The files that come from secrets; one whose secret is not set would keep the machine from booting. */
export function toWireFiles({ files }: FlyDesired, secretNames: readonly string[]): JsonObject[] {
  return files
    .filter(({ secret }) => secretNames.includes(secret))
    .map(({ secret, path, mode }) => ({ guest_path: path, secret_name: secret, mode }));
}

/** Our marks, and those by which flyctl knows a machine of `fly deploy`. */
export function toMetadata(desired: FlyDesired, secretNames: readonly string[]): Record<string, string> {
  return {
    [metadataKeys.platformVersion]: 'v2',
    [metadataKeys.processGroup]: 'app',
    [metadataKeys.environment]: desired.names.app,
    [metadataKeys.specHash]: settingsHash(desired),
    [metadataKeys.secretNames]: [...secretNames].sort().join(','),
    ...(desired.isSecond ? { [metadataKeys.instance]: 'second' } : {}),
  };
}

function toSettings(desired: FlyDesired): JsonObject {
  const { image, guest, swapMb, env, mount, services, check, restart } = desired;
  return {
    image: image.reference,
    guest: toWireGuest(guest),
    init: swapMb === null ? {} : { swap_size_mb: swapMb },
    env: { ...env, ...flyctlEnvironment(desired) },
    mounts: [
      {
        name: mount.volume,
        path: mount.path,
        extend_threshold_percent: mount.growAtPercent,
        add_size_gb: mount.growByGb,
        size_gb_limit: mount.growToGb,
      },
    ],
    services: services.map(toWireService),
    checks: { [check.name]: { type: 'tcp', port: check.port, ...toWireTimes(check) } },
    restart: { policy: restart.policy, max_retries: restart.maxRetries },
  };
}

function toWireService(service: FlyService): JsonObject {
  return {
    protocol: 'tcp',
    internal_port: service.internalPort,
    // The keys are `autostop` and `autostart`: the API drops fly.toml's spelling without a word.
    autostop: service.autostop,
    autostart: service.autostart,
    min_machines_running: service.minMachinesRunning,
    ports: toWirePorts(service),
    checks: [{ type: 'tcp', ...toWireTimes(service.check) }],
  };
}

/** The ports of a service, in the config of a machine and in a fly.toml alike. */
export function toWirePorts({ ports }: FlyService): JsonObject[] {
  return ports.map(({ port, handlers }) => ({ port, ...(handlers.length === 0 ? {} : { handlers: [...handlers] }) }));
}

/** The times of a check, in the config of a machine and in a fly.toml alike. */
export function toWireTimes({ interval, timeout, gracePeriod }: CheckTimes): Record<string, string> {
  return { interval, timeout, grace_period: gracePeriod };
}
