import type { EnvironmentState } from '@sindri/core';
import { metadataKeys, type MachineData, type VolumeData } from '../../model.js';
import type { DesiredNames } from '../desired/names.js';
import { makerOf } from '../plan/ownership.js';
import { endedByItself, environmentState, exitText, hasLostHost } from '../observed/machine-life.js';
import { evidenceOf } from '../observed/evidence.js';
import { dataOf, type ObservedEnvironment } from '../observed/open-observation.js';

/** What state an environment is in, and why where that needs a word. */
export interface Judgement {
  state: EnvironmentState;
  reason: string | null;
  /** What a destroy has left on purpose, or a restore beside the volume that is used now. */
  kept: string[];
}

/** The state of an environment. Nothing is concluded from what could not be read. */
export function judge(observed: ObservedEnvironment, names: DesiredNames): Judgement {
  const { app, ips, volume, machine } = observed;
  const kept = unusedVolumes(observed);
  if (machine.status === 'present') return { ...withSecond(judgeMachine(machine.data, names), observed), kept };
  if (app.status === 'absent') return { state: 'absent', reason: null, kept: [] };
  if (machine.status === 'unobserved') return unknown('machine', machine.reason);
  // A summary need not ask for the app itself: something in it that could be read proves it as well.
  const exists = app.status === 'present' || ips.status === 'present' || volume.status === 'present';
  if (!exists && app.status === 'unobserved') return unknown('app', app.reason);
  if (ips.status === 'unobserved') return unknown('addresses', ips.reason);
  if (volume.status === 'unobserved') return unknown('volume', volume.reason);
  if (observed.second.machine.status === 'present') {
    const { name, state } = observed.second.machine.data;
    return {
      state: environmentState(state),
      reason: `Machine ${names.machines[0]} is gone, ${name} is ${state}: \`sindri deploy\` makes the first one anew.`,
      kept: [],
    };
  }
  const left = keptVolumes(observed);
  if (left.length > 0) return { state: 'absent', reason: null, kept: left };
  if (observed.secrets.status === 'present' && evidenceOf(observed) === null) {
    return {
      state: 'incomplete',
      reason: `App ${names.app} exists, but nothing shows that Sindri made it: \`sindri deploy --adopt\` takes it over.`,
      kept: [],
    };
  }
  return {
    state: 'incomplete',
    reason: `App ${names.app} exists${volume.status === 'present' ? ' with its volume' : ''}, but has no machine: \`sindri deploy\` makes it.`,
    kept: [],
  };
}

function unknown(what: string, why: string): Judgement {
  return { state: 'unknown', reason: `The ${what} could not be read: ${why.replace(/\.$/, '')}.`, kept: [] };
}

/**
 * A volume without a machine and without addresses is what `destroy --keep-volumes` leaves: it deletes machine and addresses,
 * while a deploy that was interrupted allocates the addresses beside the volume.
 */
function keptVolumes(observed: ObservedEnvironment): string[] {
  const { ips, volume } = observed;
  const data = volume.status === 'present' && volume.owned ? volume.data : null;
  const hasAddresses = (dataOf(ips)?.items ?? []).some(({ type }) => type !== 'private_v6');
  if (data === null || hasAddresses) return [];
  return [volumeText(data.name, data), ...unusedVolumes(observed)];
}

/** Those beside the one that is used; one of a machine whose place another has taken is free as soon as that is gone. */
function unusedVolumes({ volume, second, facts }: Pick<ObservedEnvironment, 'volume' | 'second' | 'facts'>): string[] {
  const replaced = new Set(facts.replaced.map(({ id }) => id));
  const others = [volume, second.volume].flatMap((one) =>
    one.status === 'present' && one.owned
      ? one.data.others
          .filter(({ attachedMachineId: id }) => id === null || replaced.has(id))
          .map((each) => volumeText(`${one.data.name} (${each.id})`, each))
      : [],
  );
  const ofSecond = dataOf(second.volume);
  const isFree = ofSecond !== null && ofSecond.attachedMachineId === null && second.machine.status === 'absent';
  return [...others, ...(isFree ? [volumeText(ofSecond.name, ofSecond)] : [])];
}

function volumeText(name: string, { sizeGb }: Pick<VolumeData, 'sizeGb'>): string {
  return `volume ${name}, ${sizeGb} GB`;
}

type StateAndReason = Pick<Judgement, 'state' | 'reason'>;

function judgeMachine(machine: MachineData, names: DesiredNames): StateAndReason {
  return { state: environmentState(machine.state), reason: machineReason(machine, names) };
}

/** An environment runs, and is billed, while one of its machines does. */
function withSecond({ state, reason }: StateAndReason, { machine, second }: ObservedEnvironment): StateAndReason {
  const other = dataOf(second.machine);
  const runs = other !== null && state !== 'running' && environmentState(other.state) === 'running';
  if (!runs) return { state, reason };
  return { state: 'running', reason: reason ?? `${other.name} runs, ${dataOf(machine)?.name ?? ''} is ${state}.` };
}

/** What is wrong with a machine, in one sentence; `null` when nothing is. */
function machineReason(machine: MachineData, names: DesiredNames): string | null {
  if (hasLostHost(machine)) {
    return `The host of machine ${machine.name} is ${machine.hostStatus}; what is shown here may be old.`;
  }
  if (machine.state === 'created') return `Machine ${machine.name} was never started: \`sindri deploy\` goes on.`;
  const ended = endedByItself(machine);
  if (ended !== null)
    return `The main process ended by itself with ${exitText(ended)}: \`sindri logs\` shows its last log lines.`;
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
    return `Machine ${machine.name} was made by ${makerOf(machine)}: \`sindri deploy --adopt\` takes it over.`;
  }
  return environmentState(machine.state) === 'unknown' ? `Fly reports the state "${machine.state}".` : null;
}
