import type { PlanNote, ProviderPlan, ProtectIntent, SecretInfo, SetSecretsIntent } from '@sindri/core';
import { authorizedKeysVariable } from '@sindri/image-contract';
import { markSecret, resourceIds, tokenSecret, type ChangePayload, type MachineData } from '../../model.js';
import type { FlyDesired } from '../desired/desired.js';
import { hasMark } from '../observed/evidence.js';
import { isDying, isRunning } from '../observed/machine-life.js';
import { dataOf, type ObservedEnvironment } from '../observed/open-observation.js';
import { observedCost } from '../prices/observed-cost.js';
import { noteAt, secretStates, stagedSecrets } from '../secrets/secret-states.js';
import { compareWithRecord } from '../secrets/secrets-record.js';
import { reservedSecret } from '../validate/secrets.js';
import { listAnd } from '../words.js';
import { change, ids, type FlyChange } from './change.js';
import { refuseOthersApp, refuseOthersMachine } from './ownership.js';
import { refusal, refuseUnobserved } from './refusals.js';
import { livingSecond } from './second.js';
import { TOKEN_DAYS } from './secrets.js';
import { lateUpdate, machineUpdates, type Receivers } from './secrets-updates.js';

type Item = { name: string; digest: string; updatedAt: string | null };

/** What the app has, for intents about its secrets. */
interface Subject extends Receivers {
  items: Item[];
  observed: ObservedEnvironment;
}

/**
 * Sets and removes secrets of the app, and brings them to our machine in the one update that they need, unless they are only staged.
 * What is set already, with this value, is nothing to do. Throws `FLY_NOT_DEPLOYED`, `FLY_SECRET_RESERVED`, `FLY_APP_NOT_OURS`,
 * `FLY_MACHINE_NOT_OURS`, `PLAN_UNOBSERVED`.
 */
export function planSetSecrets(
  desired: FlyDesired,
  { set, unset, stage = false }: SetSecretsIntent,
  entries: readonly SecretInfo[],
  observed: ObservedEnvironment,
): ProviderPlan<ChangePayload> {
  refuseReserved(desired, [...set, ...unset]);
  if (unset.includes(authorizedKeysVariable)) throw keysStay();
  const subject = look(desired, observed, 'setting secrets');
  const { items, machine } = subject;
  const onApp = new Set(items.map(({ name }) => name));
  const metadata = machine?.metadata ?? {};
  const isSame = (entry: SecretInfo): boolean =>
    onApp.has(entry.name) && compareWithRecord(metadata, { entries: [entry], absent: [], items }) === null;
  const changed = entries.filter((entry) => !isSame(entry)).map(({ name }) => name);
  const gone = unset.filter((name) => onApp.has(name));
  const asked = new Set([...set, ...unset]);
  const waits = machine === null ? [] : stagedSecrets(machine, items).filter((name) => asked.has(name));
  const leaving = waits.filter((name) => !onApp.has(name));
  const absent = unset.filter((name) => !onApp.has(name) && !leaving.includes(name));
  const secrets =
    changed.length + gone.length === 0 ? [] : [secretsChange(subject, { set: changed, unset: gone, stage })];
  const isLive = !stage && machine !== null && (secrets.length > 0 || waits.length > 0);
  const updates = isLive
    ? machineUpdates(subject, { set: changed, unset: [...gone, ...leaving], after: ids(secrets) })
    : stage || machine === null
      ? []
      : lateUpdate(subject, machine);
  return planned(
    observed,
    [...secrets, ...updates],
    [
      ...(absent.length === 0
        ? []
        : [info('FLY_SECRET_ABSENT', `${listAnd(absent)} ${verb(absent)} not set; nothing to remove.`)]),
      ...configNotes(desired, [...changed, ...gone]),
      ...whenNotes(subject, { changes: secrets.length > 0, isLive, stage }),
    ],
  );
}

/** One update that brings everything staged to our machine. Throws as {@link planSetSecrets}. */
export function planDeploySecrets(desired: FlyDesired, observed: ObservedEnvironment): ProviderPlan<ChangePayload> {
  const subject = look(desired, observed, 'deploying secrets');
  const { items, machine } = subject;
  if (machine === null) throw notDeployed(desired);
  const states = secretStates(machine, items);
  const waits = stagedSecrets(machine, items);
  // A machine whose history is cut off may lack them all.
  const unknown = [...states].flatMap(([name, state]) => (state === 'unknown' && name !== markSecret ? [name] : []));
  const names = [...waits, ...unknown].sort();
  const arriving = { set: names, unset: [], after: [], isRecorded: true };
  const updates = names.length === 0 ? lateUpdate(subject, machine) : machineUpdates(subject, arriving);
  if (updates.length === 0) {
    return planned(observed, [], [info('FLY_SECRETS_LIVE', `Every secret of ${desired.names.app} is live.`)]);
  }
  return planned(observed, updates, whenNotes(subject, { changes: true, isLive: true, stage: false }));
}

/** A new token that reaches this app alone, for what runs inside. Throws as {@link planSetSecrets}. */
export function planProtect(
  desired: FlyDesired,
  { days = TOKEN_DAYS }: ProtectIntent,
  observed: ObservedEnvironment,
): ProviderPlan<ChangePayload> {
  if (desired.secretNames.includes(tokenSecret)) {
    throw refusal(
      'FLY_SECRET_RESERVED',
      'usage',
      `The config names ${tokenSecret} among its secrets, so the next deploy would set that one again.`,
      `Take ${tokenSecret} out of \`secrets:\`, then run it again.`,
      { secret: tokenSecret },
    );
  }
  const subject = look(desired, observed, 'minting a token');
  const { machine } = subject;
  const secrets = secretsChange(subject, { set: [], unset: [], stage: false, mintToken: { days } });
  const updates = machineUpdates(subject, { set: [tokenSecret], unset: [], after: [secrets.id] });
  return planned(
    observed,
    [secrets, ...updates],
    whenNotes(subject, { changes: true, isLive: machine !== null, stage: false }),
  );
}

function look(desired: FlyDesired, observed: ObservedEnvironment, what: string): Subject {
  refuseUnobserved(what, { app: observed.app, machine: observed.machine, secrets: observed.secrets });
  if (observed.app.status === 'absent') throw notDeployed(desired);
  refuseOthersApp(desired.names.app, observed, 'deploy');
  const machine = observed.machine.status === 'present' && !isDying(observed.machine.data) ? observed.machine : null;
  refuseOthersMachine(machine);
  if (machine !== null && machine.data.config === null) {
    const reason = `its host is ${machine.data.hostStatus ?? 'silent'}, so its config is unknown`;
    refuseUnobserved(what, { machine: { status: 'unobserved', reason } });
  }
  const second = livingSecond(observed);
  return {
    desired,
    observed,
    machine: machine?.data ?? null,
    second: second?.config === null ? null : second,
    items: dataOf(observed.secrets)?.items ?? [],
  };
}

interface Wanted {
  set: readonly string[];
  unset: readonly string[];
  stage: boolean;
  mintToken?: { days: number };
}

function secretsChange({ desired, items, machine }: Subject, { set, unset, stage, mintToken }: Wanted): FlyChange {
  const onApp = new Set(items.map(({ name }) => name));
  const sets = [...set, ...(mintToken === undefined ? [] : [tokenSecret])];
  const mark = !hasMark(items);
  const parts = [
    ...(mintToken === undefined
      ? set.length === 0
        ? []
        : [`${stage ? 'stage' : 'set'} ${set.length === 1 ? 'secret' : 'secrets'} ${set.join(', ')}`]
      : [`set ${tokenSecret} to a new token that reaches only this app and ends in ${mintToken.days} days`]),
    ...(unset.length === 0 ? [] : [`remove ${unset.join(', ')}`]),
  ];
  return change({
    id: `${resourceIds.secrets}:set`,
    action: sets.some((name) => onApp.has(name)) || unset.length > 0 ? 'update' : 'create',
    resource: { type: 'secrets', name: desired.names.app },
    title: parts.join('; '),
    payload: {
      kind: 'secrets.set',
      set: [...set],
      unset: [...unset],
      mark,
      authorizedKeys: null,
      ...(mintToken === undefined ? {} : { mintToken }),
      ...noteAt(machine, { isStaged: stage, unset }),
    },
    differences: [
      ...sets.map((name) => ({
        field: `secrets.${name}`,
        from: onApp.has(name) ? 'old value' : null,
        to: stage ? 'staged' : onApp.has(name) ? 'new value' : 'set',
      })),
      ...unset.map((name) => ({ field: `secrets.${name}`, from: 'set', to: null })),
    ],
    impact: ['in-place'],
  });
}

/** When the new values are seen, which is not always now. */
function whenNotes(
  { machine, second, observed }: Subject,
  { changes, isLive, stage }: { changes: boolean; isLive: boolean; stage: boolean },
): PlanNote[] {
  if (!changes && !isLive) return [];
  if (machine === null) {
    return [info('FLY_SECRETS_WAIT', 'There is no machine yet: the one that the next deploy makes gets them.')];
  }
  if (stage) {
    return [
      info(
        'FLY_SECRETS_STAGED',
        `Machine ${machine.name} keeps what it has: staged secrets become live with \`sindri secrets deploy\` or the next update, not by a restart.`,
      ),
    ];
  }
  const others = [...observed.facts.siblings, ...observed.facts.foreignMachines].map(
    ({ name, id }) => `${name} (${id})`,
  );
  return [
    ...[machine, second].flatMap((one) => (one === null || isRunning(one) ? [] : [asleepNote(one)])),
    ...(others.length === 0
      ? []
      : [
          info(
            'FLY_SECRETS_OTHERS',
            `Other machines of the app get them with their own next update: ${listAnd(others)}.`,
          ),
        ]),
  ];
}

function asleepNote({ name, state }: MachineData): PlanNote {
  const memory = state === 'suspended' ? ' What it has in memory is dropped: it boots anew then.' : '';
  return info(
    'FLY_SECRETS_ASLEEP',
    `Machine ${name} is ${state} and stays so: it has the new secrets when it is started next.${memory}`,
  );
}

/** Who is asked next, the config or this act. */
function configNotes({ secretNames }: FlyDesired, names: readonly string[]): PlanNote[] {
  const declared = names.filter((name) => secretNames.includes(name));
  if (declared.length === 0) return [];
  const message = `The config names ${listAnd(declared)}: where a deploy finds a value for ${declared.length === 1 ? 'it' : 'them'}, it sets that one.`;
  return [info('FLY_SECRET_DECLARED', message)];
}

function refuseReserved({ files, names: { app } }: FlyDesired, names: readonly string[]): void {
  for (const name of names) {
    const whose =
      reservedSecret(name) ?? (files.some(({ secret }) => secret === name) ? 'the config makes it a file' : null);
    if (whose === null) continue;
    throw refusal(
      'FLY_SECRET_RESERVED',
      'usage',
      `The secret ${name} cannot be set or removed by itself: ${whose}.`,
      whose.startsWith('the config') ? 'Change the file and deploy.' : 'Use another name.',
      { secret: name, environment: app },
    );
  }
}

function keysStay(): Error {
  return refusal(
    'FLY_SECRET_RESERVED',
    'usage',
    `Without ${authorizedKeysVariable} nobody could log in after the next start.`,
    'Take single keys out with `sindri keys remove`. To let nobody in, stop or destroy the environment.',
    { secret: authorizedKeysVariable },
  );
}

function notDeployed({ names: { app } }: FlyDesired): Error {
  const hint = 'Run `sindri deploy` first: it sets what the config names.';
  return refusal('FLY_NOT_DEPLOYED', 'refused', `${app} is not deployed.`, hint, { environment: app });
}

function planned(observed: ObservedEnvironment, changes: FlyChange[], notes: PlanNote[]): ProviderPlan<ChangePayload> {
  return { changes, notes, cost: observedCost(observed) };
}

function verb(names: readonly string[]): string {
  return names.length === 1 ? 'is' : 'are';
}

function info(code: string, message: string): PlanNote {
  return { level: 'info', code, message };
}
