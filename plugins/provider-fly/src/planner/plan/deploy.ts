import type { AwakeHours, PlanNote, ProviderPlan, SecretInfo } from '@sindri/core';
import { markSecret, resourceIds, type ChangePayload, type MachineData } from '../../model.js';
import { awakeOfBoth, neverAsleep, sleepsByItself } from '../prices/awake.js';
import { costOf } from '../prices/cost.js';
import type { FlyDesired } from '../desired/desired.js';
import { isDying } from '../observed/machine-life.js';
import { hasMark } from '../observed/evidence.js';
import { dataOf, type ObservedEnvironment } from '../observed/open-observation.js';
import { planBuild } from './build.js';
import { change, created, ids, type FlyChange } from './change.js';
import { deployNotes } from './deploy-notes.js';
import { planIps, type IpsPlan } from './ips.js';
import { planMachine } from './machine.js';
import { adoptApp, markDifference, refuseOthersApp, refuseOthersMachine } from './ownership.js';
import { refuseImpossible, refuseUnknownImage, refuseUnknownSource, refuseUnobserved } from './refusals.js';
import { retireReplaced } from './replaced.js';
import { livingSecond, planSecond } from './second.js';
import { planSecrets, rememberedSecrets, type SecretsPlan } from './secrets.js';
import { deployedSecrets, noteAt } from '../secrets/secret-states.js';
import { yieldTlsPort } from './tls-port.js';
import { planVolume, type VolumePlan } from './volume.js';

export interface DeployRequest {
  desired: FlyDesired;
  /** Secrets of the config that were found. */
  entries: readonly SecretInfo[];
  /** What others made under the names of this environment may be taken over. */
  adopt: boolean;
}

/** From what is there to what the config asks for. Pure; throws what `planFly` lists. */
export function planDeploy(
  { desired: wanted, entries, adopt }: DeployRequest,
  observed: ObservedEnvironment,
): ProviderPlan<ChangePayload> {
  const what = `deploying ${wanted.names.app}`;
  refuseUnknownSource(wanted);
  refuseUnknownImage(wanted);
  // Without these two nothing can be said at all; an empty plan would sound like "all is well".
  refuseUnobserved(what, { app: observed.app, machine: observed.machine });
  const machine = livingMachine(observed);
  if (!adopt) {
    refuseOthersApp(wanted.names.app, observed, 'deploy');
    refuseOthersMachine(machine);
  }
  if (machine !== null && machine.data.config === null) {
    // Its state is known, its config is not: "nothing to do" would be a guess.
    const reason = `its host is ${machine.data.hostStatus ?? 'silent'}, so its config is unknown`;
    refuseUnobserved(what, { machine: { status: 'unobserved', reason } });
  }
  const { desired, notes: tlsNotes } = yieldTlsPort(wanted, machine?.data ?? null, observed.facts);
  refuseImpossible({
    desired,
    app: dataOf(observed.app),
    volume: dataOf(observed.volume),
    volumeIsKnown: observed.volume.status !== 'unobserved',
    machine: machine?.data ?? null,
    facts: observed.facts,
  });

  const app = [...planApp(desired, observed), ...adoptApp(desired, observed)];
  const secretsPlan = planSecrets({
    declared: desired.secretNames,
    entries,
    present: dataOf(observed.secrets),
    // One that is on its way out remembers all the same.
    machine: dataOf(observed.machine),
    mintsToken: desired.mintsToken,
  });
  const staged =
    machine === null ? [] : deployedSecrets(machine.data, dataOf(observed.secrets)?.items ?? [], secretsPlan.names);
  // A machine whose config cannot be read cannot take up new secrets either, nor remember which it has.
  const canSetSecrets = observed.secrets.status !== 'unobserved' && (machine === null || machine.data.config !== null);
  const identity = canSetSecrets ? planIdentity(secretsPlan, observed) : [];
  const afterIdentity = ids(identity);
  const appChanges = app.map((step) => ({ ...step, dependsOn: afterIdentity }));
  const afterApp = ids(app);

  const secrets = canSetSecrets
    ? secretsChange(desired, secretsPlan, {
        marks: marking(observed, app),
        machine: machine?.data ?? null,
        after: [...afterApp, ...afterIdentity],
      })
    : [];
  // While nothing shows that the app is ours there is nothing in it that could be lost or left behind.
  const afterMark = [...afterApp, ...(secrets.some(({ payload }) => isMarking(payload)) ? ids(secrets) : [])];
  const ips: IpsPlan | null =
    observed.ips.status === 'unobserved'
      ? null
      : planIps({
          desired,
          present: dataOf(observed.ips) ?? { items: [] },
          after: afterMark,
        });
  const build = planBuild(desired, observed, afterMark);
  const volume: VolumePlan | null =
    observed.volume.status === 'unobserved'
      ? null
      : planVolume({
          desired,
          present: dataOf(observed.volume),
          hasMachine: observed.machine.status !== 'absent',
          // What fails to build leaves no volume behind that nobody uses.
          after: [...afterMark, ...ids(build.changes)],
        });
  const before = [...appChanges, ...secrets, ...(ips?.changes ?? []), ...build.changes, ...(volume?.changes ?? [])];
  const machineChanges = planMachine({
    desired,
    present: machine,
    secretNames: secretsPlan.names,
    remembered: rememberedSecrets(dataOf(observed.machine)),
    secretsChange: secrets.length > 0 || staged.length > 0,
    after: ids(before),
  });
  const retired = retireReplaced(desired, observed, machine?.data ?? null, ids(machineChanges));
  const second = planSecond({
    desired,
    observed,
    first: machine?.data ?? null,
    secretNames: secretsPlan.names,
    remembered: rememberedSecrets(dataOf(observed.machine)),
    secretsChange: secrets.length > 0 || staged.length > 0,
    after: ids([...before, ...machineChanges, ...retired]),
  });
  if (machineChanges.length > 0) {
    refuseUnobserved(`machine ${desired.names.machines[0]}`, {
      addresses: observed.ips,
      secrets: observed.secrets,
      volume: observed.volume,
    });
  }

  const notes: PlanNote[] = [
    ...deployNotes({
      desired,
      entries,
      observed,
      machine,
      secretsPlan,
      machineChanges,
    }),
    ...tlsNotes,
    ...build.notes,
    ...(ips?.notes ?? []),
    ...(volume?.notes ?? []),
    ...second.notes,
  ];
  return {
    changes: [...identity, ...before, ...machineChanges, ...retired, ...second.changes],
    notes,
    cost: costOf({
      guest: desired.guest,
      region: desired.names.region,
      second: second.bill.second,
      volumeGb: volume?.sizeGb ?? desired.mount.sizeGb,
      otherVolumesGb: [
        ...(dataOf(observed.volume)?.others ?? []).map(({ sizeGb }) => sizeGb),
        ...second.bill.volumesGb,
      ],
      dedicatedIpv4s: ips?.dedicatedIpv4s ?? 0,
      awake: hoursAwake(desired, machine?.data ?? null, livingSecond(observed)),
    }),
  };
}

/** What was measured counts as long as what puts the machine to sleep stays as it is. */
function hoursAwake(
  { idle, hasSecond }: FlyDesired,
  machine: MachineData | null,
  second: MachineData | null,
): AwakeHours | undefined {
  const sleeps = idle.autostop !== 'off';
  if (machine !== null && sleepsByItself(machine.config) === sleeps) {
    return awakeOfBoth(machine, hasSecond ? second : null);
  }
  return sleeps ? undefined : neverAsleep;
}

/** Our machine, unless there is none or it is just being destroyed. */
function livingMachine({ machine }: ObservedEnvironment): { data: MachineData; owned: boolean } | null {
  if (machine.status !== 'present' || isDying(machine.data)) return null;
  return { data: machine.data, owned: machine.owned };
}

function planApp({ names }: FlyDesired, { app }: ObservedEnvironment): FlyChange[] {
  if (app.status !== 'absent') return [];
  return [
    change({
      id: `${resourceIds.app}:create`,
      action: 'create',
      resource: { type: 'app', name: names.app },
      title: `create app ${names.app} in organization ${names.organization}`,
      payload: { kind: 'app.create', name: names.app, organization: names.organization },
      differences: created({ name: names.app, organization: names.organization }),
      impact: ['in-place'],
    }),
  ];
}

/** First of all, while nothing exists yet: without a key nobody could log in to what is made afterwards. */
function planIdentity({ change: secrets }: SecretsPlan, { facts }: ObservedEnvironment): FlyChange[] {
  if (secrets?.payload.authorizedKeys?.addIdentity !== true || facts.identities.length > 0) return [];
  return [
    change({
      id: 'identity:create',
      action: 'create',
      resource: { type: 'identity', name: 'ssh key' },
      title: 'make an SSH key pair for this environment on this computer',
      payload: { kind: 'identity.create' },
      differences: created({ type: 'ed25519' }),
      impact: ['in-place'],
    }),
  ];
}

/** Whether the secrets bring the mark: `no` need, `along` with others, or `alone` if need be, as nothing else shows whose the app is. */
type Marking = 'no' | 'along' | 'alone';

function marking({ secrets, machine }: ObservedEnvironment, app: readonly FlyChange[]): Marking {
  if (hasMark(dataOf(secrets)?.items ?? [])) return 'no';
  if (app.some(({ payload }) => payload.kind === 'app.adopt')) return 'no';
  return machine.status === 'present' ? 'along' : 'alone';
}

function onlyMark(): ChangePayload {
  return { kind: 'secrets.set', set: [], unset: [], mark: true, authorizedKeys: null };
}

function isMarking(payload: ChangePayload): boolean {
  return payload.kind === 'secrets.set' && payload.mark;
}

/** What is set and unset. The mark goes along with the first secrets; the app of a marked machine can wait for the next ones. */
function secretsChange(
  { names }: FlyDesired,
  { change: wanted }: SecretsPlan,
  { marks, machine, after }: { marks: Marking; machine: MachineData | null; after: readonly string[] },
): FlyChange[] {
  if (wanted === null && marks !== 'alone') return [];
  const mark = marks !== 'no';
  const sets = [...(wanted?.sets ?? []), ...(mark ? [markSecret] : [])];
  const differences = [...(wanted?.differences ?? []), ...(mark ? [markDifference] : [])];
  const gone = wanted?.payload.unset ?? [];
  const payload =
    wanted === null ? onlyMark() : { ...wanted.payload, mark, ...noteAt(machine, { isStaged: false, unset: gone }) };
  const unset = gone.length === 0 ? '' : `${sets.length === 0 ? '' : '; '}unset ${gone.join(', ')}`;
  return [
    change({
      id: `${resourceIds.secrets}:set`,
      action: differences.every(({ from }) => from === null) ? 'create' : 'update',
      resource: { type: 'secrets', name: names.app },
      title: `${sets.length === 0 ? '' : `set ${sets.length === 1 ? 'secret' : 'secrets'} ${sets.join(', ')}`}${unset}`,
      payload,
      differences,
      impact: ['in-place'],
      after,
    }),
  ];
}
