import type { SindriError } from '@sindri/core';
import { type FieldDifference } from '@sindri/core';
import { markSecret, metadataKeys, resourceIds, type MachineData } from '../../model.js';
import type { FlyDesired } from '../desired/desired.js';
import { contentsOf, evidenceOf } from '../observed/evidence.js';
import { dataOf, type ObservedEnvironment } from '../observed/open-observation.js';
import { change, type FlyChange } from './change.js';
import { refusal, refuseUnobserved } from './refusals.js';

/** The intents that can take over what others made. */
export type AdoptingVerb = 'deploy' | 'destroy';

/**
 * Throws `FLY_APP_NOT_OURS` for an app that exists and that nothing shows to be ours: such an app is somebody else's, with all that
 * is in it. `verb` is the command that takes it over with `--adopt`. Throws `PLAN_UNOBSERVED` while the mark may be among what could
 * not be read.
 */
export function refuseOthersApp(app: string, observed: ObservedEnvironment, verb: AdoptingVerb): void {
  if (observed.app.status === 'absent' || evidenceOf(observed) !== null) return;
  const { ips, secrets, volume, machine: seen } = observed;
  refuseUnobserved(`whether ${app} is ours`, {
    secrets,
    ...(observed.facts.askedForHere ? { addresses: ips, volume, machine: seen } : {}),
  });
  const contents = contentsOf(observed);
  const machine = dataOf(observed.machine);
  throw appNotOurs(app, contents, verb, machine === null ? null : makerOf(machine));
}

/** `FLY_APP_NOT_OURS`. `maker` is who made the machine in it, as far as that can be told. */
export function appNotOurs(
  app: string,
  contents: readonly string[],
  verb: AdoptingVerb,
  maker: string | null = null,
): SindriError {
  const found = contents.length === 0 ? 'It is empty' : `It holds ${contents.join('; ')}`;
  const made = maker === null ? '' : ` Its machine was made by ${maker}.`;
  const begun =
    contents.length === 0
      ? 'If another deploy of this environment has just begun, run the command again. Otherwise '
      : '';
  const takeOver =
    verb === 'deploy'
      ? 'to take it over, run `sindri deploy --adopt`, or choose another `name`'
      : 'to delete what has the names of this environment all the same, run `sindri destroy --adopt`';
  return refusal(
    'FLY_APP_NOT_OURS',
    'refused',
    `App ${app} exists, and nothing on it or on this computer shows that Sindri made it. ${found}.${made} Nothing was changed.`,
    sentence(`${begun}${takeOver}.`),
    { app, contents: [...contents] },
  );
}

/** Throws `FLY_MACHINE_NOT_OURS` for a machine in our app that could be taken over, but only on a clear word. */
export function refuseOthersMachine(machine: { data: MachineData; owned: boolean } | null): void {
  if (machine === null || machine.owned) return;
  throw machineNotOurs(machine.data);
}

/** `FLY_MACHINE_NOT_OURS`. */
export function machineNotOurs(machine: Pick<MachineData, 'id' | 'name' | 'metadata'>): SindriError {
  return refusal(
    'FLY_MACHINE_NOT_OURS',
    'refused',
    `Machine ${machine.name} (${machine.id}) was made by ${makerOf(machine)}, and Sindri has not taken it over. Nothing was changed.`,
    'To take it over with its volume, run `sindri deploy --adopt`; `sindri plan --adopt` shows what that changes.',
    { machine: machine.id },
  );
}

/** Who made a machine that does not carry our mark. */
export function makerOf({ metadata }: Pick<MachineData, 'metadata'>): string {
  const version = metadata[metadataKeys.flyctlVersion];
  return version === undefined ? 'flyctl or the original Sindri' : `flyctl ${version}`;
}

/**
 * Marks an app that others made, before anything else is done to it. Not needed where a machine is taken over: then the plan has
 * that change, and both the machine and the app get their marks by it.
 */
export function adoptApp({ names }: FlyDesired, observed: ObservedEnvironment): FlyChange[] {
  const isOurs = observed.app.status === 'absent' || evidenceOf(observed) !== null;
  if (isOurs || observed.machine.status === 'present') return [];
  const contents = contentsOf(observed);
  return [
    change({
      id: `${resourceIds.app}:adopt`,
      action: 'adopt',
      resource: { type: 'app', name: names.app },
      title: `adopt app ${names.app}, ${contents.length === 0 ? 'which is empty' : `with ${contents.join('; ')}`}`,
      payload: { kind: 'app.adopt', name: names.app },
      differences: [markDifference],
      impact: ['in-place'],
    }),
  ];
}

/** The mark of an app, as a difference. */
export const markDifference: FieldDifference = {
  field: `secrets.${markSecret}`,
  from: null,
  to: 'set',
  why: 'marks the app as this environment',
};

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
