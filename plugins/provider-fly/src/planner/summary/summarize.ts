import type {
  EnvironmentAddress,
  EnvironmentState,
  EnvironmentSummary,
  EnvironmentSpec,
  Observation,
} from '@sindri/core';
import { metadataKeys, type MachineData, type VolumeData } from '../../model.js';
import { costOf } from '../prices/cost.js';
import { fromWireGuest, type Guest } from '../hardware/guest.js';
import { idleBehaviour, type IdleSettings } from '../desired/idle.js';
import { resolvedImageText } from '../desired/image.js';
import { asList, asMap } from '../observed/json-maps.js';
import { endedByItself, environmentState, exitText } from '../observed/machine-life.js';
import { desiredNames, type DesiredNames } from '../desired/names.js';
import { dataOf, openObservation, type ObservedEnvironment } from '../observed/open-observation.js';

/** What people want to know about an environment, from one observation. Pure; never throws. */
export function summarizeFly(spec: EnvironmentSpec, observation: Observation): EnvironmentSummary {
  const names = desiredNames(spec);
  const observed = openObservation(spec, observation);
  const machine = dataOf(observed.machine);
  const volume = dataOf(observed.volume);
  const guest = fromWireGuest(machine?.config?.['guest']);
  const { state, reason } = judge(observed, names);
  return {
    environment: spec.name,
    provider: observation.provider,
    state,
    platformState: machine?.state ?? null,
    ...(reason === null ? {} : { stateReason: reason }),
    image: imageText(machine),
    region: machine?.region ?? volume?.region ?? null,
    addresses: state === 'absent' ? [] : addresses(observed, names, machine),
    timestamps: timestamps(machine),
    resources: { memoryMb: guest?.memoryMb ?? null, cpus: guest?.cpus ?? null, volumeGb: volume?.sizeGb ?? null },
    cost: summaryCost(observed, machine, guest, volume),
    idleBehaviour: guest === null || machine === null ? null : idleBehaviour(guest, idleSettings(machine, names)).text,
    details: {
      app: names.app,
      organization: dataOf(observed.app)?.organization ?? null,
      machineId: machine?.id ?? null,
      machineName: machine?.name ?? null,
      machineVersion: machine?.instanceId ?? null,
      managed: machine?.metadata[metadataKeys.environment] === names.app,
      hostStatus: machine?.hostStatus ?? null,
      checks: (machine?.checks ?? []).map(({ name, status, output }) => ({ name, status, output })),
      volumeId: volume?.id ?? null,
      foreignMachines: observed.facts.foreignMachines.map(({ id, name, state: foreignState }) => ({
        id,
        name,
        state: foreignState,
      })),
    },
  };
}

function imageText(machine: MachineData | null): string | null {
  const resolved = machine?.imageRef ?? null;
  return resolved === null ? null : resolvedImageText(resolved);
}

interface Judgement {
  state: EnvironmentState;
  reason: string | null;
}

function judge({ app, ips, volume, machine }: ObservedEnvironment, names: DesiredNames): Judgement {
  if (machine.status === 'present') return judgeMachine(machine.data, names);
  if (app.status === 'absent') return { state: 'absent', reason: null };
  if (machine.status === 'unobserved')
    return { state: 'unknown', reason: `The machine could not be read: ${machine.reason}.` };
  // A summary need not ask for the app itself: something in it that could be read proves it as well.
  const exists = app.status === 'present' || ips.status === 'present' || volume.status === 'present';
  if (!exists && app.status === 'unobserved')
    return { state: 'unknown', reason: `The app could not be read: ${app.reason}.` };
  return {
    state: 'incomplete',
    reason: `App ${names.app} exists${volume.status === 'present' ? ' with its volume' : ''}, but has no machine: \`sindri deploy\` makes it.`,
  };
}

function judgeMachine(machine: MachineData, names: DesiredNames): Judgement {
  const state = environmentState(machine.state);
  return { state, reason: machineReason(machine, names) };
}

/** What is wrong with a machine, in one sentence; `null` when nothing is. */
function machineReason(machine: MachineData, names: DesiredNames): string | null {
  if (machine.hostStatus !== null && machine.hostStatus !== 'ok') {
    return `The host of machine ${machine.name} is ${machine.hostStatus}; what is shown here may be old.`;
  }
  if (machine.state === 'created') return `Machine ${machine.name} was never started: \`sindri deploy\` goes on.`;
  const ended = endedByItself(machine);
  if (ended !== null)
    return `The main process ended by itself with ${exitText(ended)}: \`sindri logs\` shows its last words.`;
  if (machine.state === 'failed' || machine.state === 'launch_failed')
    return `Fly could not run machine ${machine.name}.`;
  if (machine.state === 'started') {
    const critical = machine.checks.find(({ status }) => status === 'critical');
    if (critical !== undefined) {
      const output = critical.output === null || critical.output === '' ? '' : `: ${critical.output}`;
      return `The health check ${critical.name} fails${output}.`;
    }
    if (machine.cordoned) return `Machine ${machine.name} is cordoned: Fly routes no connections to it.`;
  }
  if (machine.metadata[metadataKeys.environment] !== names.app) {
    return `Machine ${machine.name} was made by flyctl or the original Sindri: \`sindri deploy\` takes it over.`;
  }
  return environmentState(machine.state) === 'unknown' ? `Fly reports the state "${machine.state}".` : null;
}

function addresses(
  observed: ObservedEnvironment,
  names: DesiredNames,
  machine: MachineData | null,
): EnvironmentAddress[] {
  const items = dataOf(observed.ips)?.items ?? [];
  const has = (type: string): boolean => items.some((item) => item.type === type);
  const port = publishedPort(machine, names) ?? names.sshPort;
  const result: EnvironmentAddress[] = [];
  if (has('v6') || has('v4')) {
    result.push({
      type: 'ssh',
      value: `${names.app}.fly.dev`,
      port,
      note: has('v4') ? 'over IPv6 and IPv4' : 'over IPv6; IPv4 needs a dedicated address',
    });
  }
  for (const { ip, type } of items) {
    if (type === 'v6') result.push({ type: 'ssh', value: ip, port, note: 'dedicated IPv6, free' });
    if (type === 'v4') result.push({ type: 'ssh', value: ip, port, note: 'dedicated IPv4, $2 a month' });
    if (type === 'shared_v4')
      result.push({ type: 'external', value: ip, note: 'shared IPv4, free; HTTP and TLS only, no SSH' });
    if (type === 'private_v6') result.push({ type: 'internal', value: ip, note: 'private, within the organization' });
  }
  if (machine !== null) {
    result.push({
      type: 'internal',
      value: `${machine.id}.vm.${names.app}.internal`,
      port: names.internalPort,
      note: 'within the organization',
    });
  }
  return result;
}

/** The port under which the SSH service is really published, which may not be the one of the config yet. */
export function publishedPort(machine: MachineData | null, names: DesiredNames): number | null {
  const service = sshService(machine, names);
  const port = asList(service['ports'])
    .map(asMap)
    .find(({ handlers }) => asList(handlers).length === 0)?.['port'];
  return typeof port === 'number' ? port : null;
}

function sshService(machine: MachineData | null, names: DesiredNames): Record<string, unknown> {
  const services = asList(machine?.config?.['services']).map(asMap);
  return services.find((service) => service['internal_port'] === names.internalPort) ?? {};
}

function idleSettings(machine: MachineData, names: DesiredNames): IdleSettings {
  const service = sshService(machine, names);
  const value = service['autostop'];
  return {
    autostop: value === 'suspend' ? 'suspend' : value === 'stop' || value === true ? 'stop' : 'off',
    autoStartMachines: service['autostart'] === true,
  };
}

function timestamps(machine: MachineData | null): EnvironmentSummary['timestamps'] {
  const last = (matches: (type: string, status: string) => boolean): string | null => {
    const event = machine?.events.find(({ type, status }) => matches(type, status));
    return event === undefined ? null : new Date(event.timestamp).toISOString();
  };
  return {
    createdAt: machine?.createdAt ?? null,
    startedAt: last((type, status) => type === 'start' && status === 'started'),
    stoppedAt: last((_type, status) => status === 'stopped' || status === 'suspended'),
    updatedAt: machine?.updatedAt ?? null,
  };
}

function summaryCost(
  { ips, volume }: ObservedEnvironment,
  machine: MachineData | null,
  guest: Guest | null,
  data: VolumeData | null,
): EnvironmentSummary['cost'] {
  // Half of what is billed being unknown, a sum would be wrong rather than rough.
  if (ips.status === 'unobserved' || volume.status === 'unobserved' || (machine !== null && guest === null))
    return null;
  if (machine === null && data === null) return null;
  return costOf({
    guest,
    region: machine?.region ?? data?.region ?? '',
    volumeGb: data?.sizeGb ?? 0,
    dedicatedIpv4s: (dataOf(ips)?.items ?? []).filter(({ type }) => type === 'v4').length,
  });
}
