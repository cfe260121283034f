import type { EnvironmentSummary, EnvironmentUsage, InstanceSummary } from '@sindri/core';
import { metadataKeys, type FlyFacts, type FlyObservation, type FlySpec, type MachineData } from '../../model.js';
import { idleBehaviour, type IdleSettings } from '../desired/idle.js';
import { desiredNames, type DesiredNames } from '../desired/names.js';
import { resolvedImageText } from '../config/same-image.js';
import { fromWireGuest } from '../hardware/guest.js';
import { environmentState } from '../observed/machine-life.js';
import { dataOf, openObservation } from '../observed/open-observation.js';
import { serviceOf } from '../observed/published-port.js';
import { observedCost } from '../prices/observed-cost.js';
import { monthSoFar, monthSubject } from '../prices/month-so-far.js';
import { ownToken } from '../secrets/secret-notes.js';
import { addresses } from './addresses.js';
import { connectionStates, type Availability } from './connections.js';
import { judge } from './state.js';
import { volumeSummaries } from './volumes.js';

/**
 * What people want to know about an environment, from one observation. `availability` knows the connection methods; without it
 * nothing is said about them. Pure; never throws.
 */
export function summarizeFly(
  spec: FlySpec,
  observation: FlyObservation,
  availability?: Availability,
): EnvironmentSummary {
  const observed = openObservation(spec, observation);
  const names = desiredNames(spec, observed.facts.defaults);
  const machine = dataOf(observed.machine);
  const second = dataOf(observed.second.machine);
  const volume = dataOf(observed.volume);
  const guest = fromWireGuest(machine?.config?.['guest']);
  const { state, reason, kept } = judge(observed, names);
  const volumes = volumeSummaries(observed);
  const holds = [machine, second].flatMap((one) => one?.heldAwake ?? []);
  const token = ownToken((machine ?? second)?.metadata ?? {}, observed.observedAtMs);
  const connections = availability === undefined ? null : connectionStates(observed, names, availability);
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
    usage: usage(observation, observed),
    cost: observedCost(observed),
    idleBehaviour: guest === null || machine === null ? null : idleBehaviour(guest, idleSettings(machine, names)).text,
    ...(holds.length === 0 ? {} : { holds }),
    ...(token === null ? {} : { ownToken: token }),
    ...(kept.length === 0 ? {} : { kept }),
    ...(volumes === null ? {} : { volumes }),
    ...(observed.machine.status === 'unobserved'
      ? {}
      : { instances: instances([machine, second], observed.facts.siblings) }),
    ...(connections === null ? {} : { connections }),
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

/** Memory is nothing that the API tells: to ask inside would take a request for each look. */
function usage({ observedAt }: FlyObservation, observed: ReturnType<typeof openObservation>): EnvironmentUsage {
  const subject = monthSubject(observed);
  const cost = observedCost(observed);
  const dedicatedIpv4s = (dataOf(observed.ips)?.items ?? []).filter(({ type }) => type === 'v4').length;
  const atMost = cost?.monthlyRunning ?? null;
  return {
    volume: dataOf(observed.volume)?.use ?? null,
    memory: null,
    month: atMost === null ? null : monthSoFar({ nowMs: Date.parse(observedAt), ...subject, dedicatedIpv4s, atMost }),
  };
}

function imageText(machine: MachineData | null): string | null {
  const resolved = machine?.imageRef ?? null;
  return resolved === null ? null : resolvedImageText(resolved);
}

/** The machines that carry our mark, those that deploys manage first; what else lives in the app is in the details. */
function instances(managed: readonly (MachineData | null)[], siblings: FlyFacts['siblings']): InstanceSummary[] {
  return [...managed.filter((machine) => machine !== null), ...siblings].map(({ name, state, region }) => ({
    name,
    state: environmentState(state),
    platformState: state,
    region,
  }));
}

/** Whether Fly puts a machine with this config to sleep when nobody is connected. */
export function putsToSleep(
  config: Readonly<Record<string, unknown>> | null | undefined,
  names: DesiredNames,
): boolean {
  return idleSettings({ config: (config ?? null) as MachineData['config'] }, names).autostop !== 'off';
}

/** Whether a connection starts a machine with this config when it sleeps. */
export function wakesOnConnection(
  config: Readonly<Record<string, unknown>> | null | undefined,
  names: DesiredNames,
): boolean {
  return idleSettings({ config: (config ?? null) as MachineData['config'] }, names).autoStartMachines;
}

function idleSettings({ config }: Pick<MachineData, 'config'>, names: DesiredNames): IdleSettings {
  const service = serviceOf(config, names.internalPort);
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
