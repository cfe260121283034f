import { createHash } from 'node:crypto';
import type { Change, SecretInfo } from '@sindri/core';
import type { WireIp, WireMachine, WireMachineConfig, WireSecret, WireVolume } from '../../../src/api/types.js';
import {
  completeMachineConfig,
  desiredNames,
  isMarked,
  noteSecrets,
  selectMachines,
  toAppData,
  toForeignVolumes,
  toIpsData,
  toMachineData,
  toSecretsData,
  toVolumeData,
  wantsSecond,
} from '../../../src/planner/index.js';
import {
  type CallerIdentity,
  type ChangePayload,
  type FlyData,
  type FlyFacts,
  type FlyObservation,
  type FlyResource,
  type FlySpec,
  markSecret,
  metadataKeys,
} from '../../../src/model.js';

export const ownKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOwn me@home';

/** A secret that was found; its fingerprint stands for its value. */
export function secret(name: string, value = `${name} value`): SecretInfo {
  return { name, origin: 'environment', fingerprint: `scrypt:${value}` };
}

/**
 * Fly as far as plans can see it: what a change's payload does to it, and how its server writes down what it was sent (other
 * spellings, added defaults, other order). Everything is data; there is no time and no failure.
 */
export class FlyWorld {
  app: { name: string; organization: string } | null = null;
  ips: WireIp[] = [];
  secrets: (WireSecret & { value: string })[] = [];
  volumes: WireVolume[] = [];
  machines: WireMachine[] = [];
  identity: CallerIdentity | null = {
    kind: 'file',
    publicKey: ownKey,
    path: '/home/me/.ssh/id_ed25519.pub',
    comment: 'me@home',
  };
  /** Whether this computer remembers that it has asked for the app. */
  askedForHere = false;
  private counter = 0;

  observe(spec: FlySpec): FlyObservation {
    const names = desiredNames(spec);
    const machines = this.machines.map((machine) => toMachineData(structuredClone(machine)));
    const { ours, second, foreign } = selectMachines(machines, spec);
    const machine = ours[0] ?? null;
    const volume = toVolumeData(this.volumes, {
      name: names.volume,
      region: names.region,
      machineId: machine?.id ?? null,
    });
    const facts: FlyFacts = {
      identities: this.identity === null ? [] : [this.identity],
      regions: null,
      defaults: { organization: null, region: null },
      foreignMachines: foreign.map(({ id, name, state }) => ({ id, name, state })),
      siblings: foreign
        .filter((other) => isMarked(other, spec))
        .map(({ id, name, state, region }) => ({ id, name, state, region })),
      foreignVolumes: toForeignVolumes(this.volumes, [names.volume, names.second.volume]),
      replaced: [],
      askedForHere: this.askedForHere,
      snapshots: null,
      builders: [],
      buildVolumes: [],
      restoring: null,
    };
    const secondVolume = toVolumeData(this.volumes, {
      name: names.second.volume,
      region: names.region,
      machineId: second?.id ?? null,
    });
    const resource = (
      id: string,
      name: string,
      data: FlyData | { kind: FlyData['kind'] },
      owned = true,
    ): FlyResource =>
      Object.keys(data).length === 1
        ? { id, type: data.kind, name, status: 'absent' }
        : { id, type: data.kind, name, status: 'present', owned, data: JSON.parse(JSON.stringify(data)) as FlyData };
    const there = this.app !== null;
    const app = this.app;
    return {
      environment: spec.name,
      provider: 'fly',
      observedAt: '2026-11-20T10:00:00.000Z',
      resources: [
        resource('app', names.app, {
          kind: 'app',
          ...(app === null
            ? null
            : toAppData({ name: app.name, status: 'deployed', organization: { slug: app.organization } })),
        }),
        resource('ips', names.app, { kind: 'ips', ...(there ? toIpsData(this.ips) : null) }),
        resource('secrets', names.app, { kind: 'secrets', ...(there ? toSecretsData(this.secrets) : null) }),
        resource(`volume:${names.volume}`, names.volume, { kind: 'volume', ...volume }),
        resource(
          `machine:${names.machines[0]}`,
          names.machines[0] as string,
          { kind: 'machine', ...machine },
          machine !== null && isMarked(machine, spec),
        ),
        ...(wantsSecond(spec) || secondVolume !== null || second !== null
          ? [
              resource(`volume:${names.second.volume}`, names.second.volume, { kind: 'volume', ...secondVolume }),
              resource(`machine:${names.second.machine}`, names.second.machine, { kind: 'machine', ...second }),
            ]
          : []),
      ],
      facts,
    };
  }

  /** Applies changes in an order that respects `dependsOn`; fails when there is none. */
  apply(changes: readonly Change<ChangePayload>[], secrets: readonly SecretInfo[] = []): void {
    const done = new Set<string>();
    const results: Results = {};
    let waiting = [...changes];
    while (waiting.length > 0) {
      const ready = waiting.filter(({ dependsOn }) => dependsOn.every((id) => done.has(id)));
      if (ready.length === 0) throw new Error(`nothing can go on: ${waiting.map(({ id }) => id).join(', ')}`);
      for (const change of ready) {
        this.perform(change.payload, secrets, results);
        done.add(change.id);
      }
      waiting = waiting.filter(({ id }) => !done.has(id));
    }
  }

  private perform(payload: ChangePayload, entries: readonly SecretInfo[], results: Results): void {
    switch (payload.kind) {
      case 'identity.create':
        this.identity = { kind: 'generated', publicKey: ownKey, path: '/state/id', comment: null };
        return;
      case 'app.create':
        this.app = { name: payload.name, organization: payload.organization };
        this.askedForHere = true;
        return;
      case 'app.adopt':
        this.setMark();
        return;
      case 'app.delete':
        if (this.machines.length > 0 || this.volumes.length > 0) throw new Error('the app is not empty');
        this.app = null;
        this.askedForHere = false;
        this.ips = [];
        this.secrets = [];
        return;
      case 'ip.create':
        this.ips.push(this.newIp(payload.type));
        return;
      case 'ip.delete':
        this.ips = this.ips.filter(({ ip }) => ip !== payload.ip);
        return;
      case 'secrets.set':
        results.secrets = this.setSecrets(payload, entries);
        if (payload.mark) this.setMark();
        return;
      case 'volume.create':
        this.volumes.push({
          id: this.newId('vol_'),
          name: payload.name,
          state: 'created',
          region: payload.region,
          size_gb: payload.sizeGb,
          snapshot_retention: payload.snapshotRetention,
          attached_machine_id: null,
          host_status: 'ok',
        });
        return;
      case 'volume.extend':
        this.volume(payload.volumeId).size_gb = payload.sizeGb;
        return;
      case 'volume.update':
        this.volume(payload.volumeId).snapshot_retention = payload.snapshotRetention;
        return;
      case 'volume.delete':
        if (this.volume(payload.volumeId).attached_machine_id) throw new Error('the volume is attached');
        this.volumes = this.volumes.filter(({ id }) => id !== payload.volumeId);
        return;
      case 'machine.create':
        this.createMachine(payload, results);
        return;
      case 'machine.update': {
        const machine = this.machine(payload.machineId);
        const config = completeMachineConfig(payload.config, {
          live: machine.config ?? null,
          launchId: 'launch-2',
          secrets: results.secrets,
        });
        machine.config = asServer(config);
        machine.instance_id = this.newId('01');
        // An update starts nothing that rests; the same change asks for the start afterwards.
        machine.state = 'started';
        return;
      }
      case 'machine.metadata':
        Object.assign((this.machine(payload.machineId).config as { metadata: object }).metadata, payload.metadata);
        return;
      case 'machine.start':
        this.machine(payload.machineId).state = 'started';
        return;
      case 'key.admit':
      case 'key.remove':
        throw new Error('keys are changed inside the machine, which this world has not');
      case 'machine.delete':
        this.machines = this.machines.filter(({ id }) => id !== payload.machineId);
        for (const volume of this.volumes) {
          if (volume.attached_machine_id === payload.machineId) volume.attached_machine_id = null;
        }
    }
  }

  private createMachine(payload: Extract<ChangePayload, { kind: 'machine.create' }>, results: Results): void {
    const free = this.volumes.find(
      ({ name, attached_machine_id }) => name === payload.volumeName && !attached_machine_id,
    );
    const volumeId = free?.id;
    if (volumeId === undefined) throw new Error('no volume to mount');
    if (this.volume(volumeId).region !== payload.region) throw new Error('the volume is elsewhere');
    const id = this.newId('3d8d');
    const config = completeMachineConfig(payload.config, { volumeId, launchId: 'launch-1', secrets: results.secrets });
    this.volume(volumeId).attached_machine_id = id;
    this.machines.push({
      id,
      name: payload.name,
      state: 'started',
      region: payload.region,
      instance_id: this.newId('01'),
      created_at: '2026-11-20T10:00:01Z',
      updated_at: '2026-11-20T10:00:02Z',
      image_ref: { registry: 'ghcr.io', repository: 'pacphi/sindri', tag: '3', digest: `sha256:${'a'.repeat(64)}` },
      config: asServer(config),
      events: [],
      host_status: 'ok',
    });
  }

  private setSecrets(
    { set, unset, authorizedKeys }: Extract<ChangePayload, { kind: 'secrets.set' }>,
    entries: readonly SecretInfo[],
  ): Results['secrets'] {
    const values = new Map(this.secrets.map(({ name, value }) => [name, value]));
    for (const name of unset) values.delete(name);
    for (const name of set) values.set(name, entries.find((entry) => entry.name === name)?.fingerprint ?? '?');
    const keys = authorizedKeys === null ? null : [...authorizedKeys.keys];
    if (keys !== null) {
      if (authorizedKeys?.addIdentity === true) keys.push(this.identity?.publicKey ?? '?');
      values.set('AUTHORIZED_KEYS', keys.join('\n'));
    }
    this.setSecretValues(Object.fromEntries(values));
    const { items } = toSecretsData(this.secrets);
    const noted = this.machines[0]?.config?.metadata ?? {};
    const recorded = (noted[metadataKeys.secretNames] ?? '').split(',');
    const digest = items.find(({ name }) => name === 'AUTHORIZED_KEYS')?.digest ?? '';
    return {
      ...noteSecrets(noted, {
        set,
        declared: recorded.filter((name) => !unset.includes(name)),
        entries,
        items,
      }),
      keys: keys === null ? null : { lines: keys, digest },
    };
  }

  /** The secret that shows whose the app is. */
  setMark(): void {
    const others = this.secrets.filter(({ name }) => name !== markSecret);
    this.setSecretValues({
      ...Object.fromEntries(others.map(({ name, value }) => [name, value])),
      [markSecret]: this.app?.name ?? '',
    });
    this.askedForHere = false;
  }

  /** All secrets of the app, as anybody may set them. */
  setSecretValues(values: Record<string, string>): void {
    this.secrets = Object.entries(values).map(([name, value]) => ({
      name,
      value,
      digest: createHash('sha256').update(value).digest('hex').slice(0, 16),
    }));
  }

  machine(id: string = this.machines[0]?.id as string): WireMachine {
    const found = this.machines.find((machine) => machine.id === id);
    if (found === undefined) throw new Error(`no machine ${id}`);
    return found;
  }

  volume(id: string = this.volumes[0]?.id as string): WireVolume {
    const found = this.volumes.find((volume) => volume.id === id);
    if (found === undefined) throw new Error(`no volume ${id}`);
    return found;
  }

  private newIp(type: 'v4' | 'v6' | 'shared_v4'): WireIp {
    this.counter += 1;
    if (type === 'v6') return { ip: `2a09:8280:1::${this.counter}`, region: 'global', shared: false };
    return { ip: `66.241.1.${this.counter}`, region: 'global', shared: type === 'shared_v4' };
  }

  private newId(prefix: string): string {
    this.counter += 1;
    return `${prefix}${String(this.counter).padStart(10, '0')}`;
  }
}

interface Results {
  secrets?: { hash: string; digest: string; keys: { lines: string[]; digest: string } | null };
}

/** A config as the server gives it back: booleans for autostop, Go's long durations, defaults added, maps in another order. */
export function asServer(config: Record<string, unknown>): WireMachineConfig {
  const copy = structuredClone(config) as WireMachineConfig;
  copy.env = Object.fromEntries(Object.entries(copy.env ?? {}).reverse());
  copy.metadata = Object.fromEntries(Object.entries(copy.metadata ?? {}).reverse());
  copy.services = (copy.services ?? []).map((service) => ({
    ...service,
    autostop: service['autostop'] === 'off' ? false : service['autostop'] === 'stop' ? true : service['autostop'],
    ports: (service['ports'] as object[]).map((port) => ({ handlers: null, force_https: false, ...port })),
    checks: (service['checks'] as Record<string, unknown>[]).map((check) => ({ ...check, ...longDurations(check) })),
    force_instance_key: null,
  }));
  const checks = (copy['checks'] ?? {}) as Record<string, Record<string, unknown>>;
  copy['checks'] = Object.fromEntries(
    Object.entries(checks).map(([name, check]) => [name, { kind: 'informational', ...check, ...longDurations(check) }]),
  );
  copy.mounts = (copy.mounts ?? []).map((mount) => ({ encrypted: true, size_gb: 30, ...mount }));
  copy['dns'] = {};
  return copy;
}

function longDurations(check: Record<string, unknown>): Record<string, unknown> {
  const long: Record<string, unknown> = { '120s': '2m0s', '60s': '1m0s', '30s': 30_000_000_000 };
  return Object.fromEntries(
    ['interval', 'timeout', 'grace_period']
      .filter((key) => check[key] !== undefined)
      .map((key) => [key, long[String(check[key])] ?? check[key]]),
  );
}
