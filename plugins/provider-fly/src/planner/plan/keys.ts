import type { AdmitKeyIntent, JsonObject, PlanNote, ProviderPlan, RemoveKeyIntent } from '@sindri/core';
import { authorizedKeysVariable } from '@sindri/image-contract';
import type { ChangePayload, MachineData } from '../../model.js';
import type { FlyDesired } from '../desired/desired.js';
import { isDying } from '../observed/machine-life.js';
import { dataOf, type ObservedEnvironment } from '../observed/open-observation.js';
import { observedCost } from '../prices/observed-cost.js';
import { isWholeKey, keyFingerprint, keyRecord, type KeyRecord } from '../secrets/key-record.js';
import { change } from './change.js';
import { refusal, refuseUnobserved } from './refusals.js';
import { livingSecond } from './second.js';

interface Door {
  machine: MachineData;
  record: KeyRecord;
  /** Whether AUTHORIZED_KEYS comes from the config, which is then the truth at every start. */
  isDeclared: boolean;
}

/**
 * Lets one more key in. Nothing to do when it is known to be in. Throws `FLY_NOT_DEPLOYED`, `FLY_KEY_UNUSABLE`,
 * `FLY_KEYS_DECLARED`, `PLAN_UNOBSERVED`.
 */
export function planAdmit(
  desired: FlyDesired,
  { publicKey, comment = '' }: AdmitKeyIntent,
  observed: ObservedEnvironment,
): ProviderPlan<ChangePayload> {
  const fingerprint = keyFingerprint(publicKey);
  if (!isWholeKey(publicKey)) {
    throw refusal(
      'FLY_KEY_UNUSABLE',
      'usage',
      'This is no whole SSH public key.',
      'Give the first two words of a .pub file. A copy from a terminal may have lost a part.',
      { fingerprint },
    );
  }
  const { machine, record, isDeclared } = door(desired, observed, 'admitting a key');
  const isKnown = record.isCurrent && record.keys.some((key) => key.publicKey === publicKey);
  if (isDeclared && machine.state !== 'started')
    throw declared(machine, 'It is not running, so nothing else can be done now');
  const whose = comment === '' ? '' : ` (${comment})`;
  return planned(observed, isKnown ? null : `admit SSH key ${fingerprint}${whose}`, {
    fingerprint,
    payload: {
      kind: 'key.admit',
      machineId: machine.id,
      name: machine.name,
      publicKey,
      comment,
      lasting: !isDeclared,
      ...alsoIn(observed),
    },
    note: isDeclared
      ? {
          level: 'info',
          code: 'FLY_KEY_UNTIL_RESTART',
          message: `${authorizedKeysVariable} comes from the config: the key is admitted until the machine's next start. Add it to the config to keep it.`,
        }
      : needsStart(machine),
    app: desired.names.app,
    to: 'admitted',
  });
}

/**
 * Takes one key out. The last one that is known stays. Throws `FLY_NOT_DEPLOYED`, `FLY_KEY_FROM_CONFIG`, `FLY_LAST_KEY`,
 * `FLY_KEY_UNKNOWN`, `FLY_KEYS_UNREAD`, `PLAN_UNOBSERVED`.
 */
export function planRemove(
  desired: FlyDesired,
  { fingerprint }: RemoveKeyIntent,
  observed: ObservedEnvironment,
): ProviderPlan<ChangePayload> {
  const { machine, record, isDeclared } = door(desired, observed, 'removing a key');
  const details = { fingerprint };
  const isKnown = record.keys.some((key) => keyFingerprint(key.publicKey) === fingerprint);
  if (isDeclared && isKnown) {
    throw refusal(
      'FLY_KEY_FROM_CONFIG',
      'refused',
      `The key ${fingerprint} comes from ${authorizedKeysVariable} in the config.`,
      'Take it out of that secret and deploy.',
      details,
    );
  }
  if (!isDeclared && record.isCurrent && isKnown && record.keys.length === 1) throw lastKey(fingerprint);
  if (machine.state !== 'started' && !isKnown) {
    throw record.isCurrent
      ? refusal(
          'FLY_KEY_UNKNOWN',
          'usage',
          `No key ${fingerprint} is admitted.`,
          'Look at the list of keys; start the environment to see also those that were added inside.',
          details,
        )
      : unread(machine.name, details);
  }
  return planned(observed, `remove SSH key ${fingerprint}`, {
    fingerprint,
    payload: {
      kind: 'key.remove',
      machineId: machine.id,
      name: machine.name,
      fingerprint,
      lasting: !isDeclared,
      ...alsoIn(observed),
    },
    note:
      machine.state === 'suspended'
        ? suspendedNote(machine.name, 'takes the key out')
        : {
            level: 'info',
            code: 'FLY_KEY_SESSIONS',
            message:
              'Sessions that are open with this key go on until they end. Whoever has a Fly token for the app can get in again.',
          },
    app: desired.names.app,
    to: null,
  });
}

/** A machine that runs keeps the secrets that it has over a restart, and one that is suspended goes on with them. */
function needsStart({ name, state }: MachineData): PlanNote | null {
  if (state === 'stopped') return null;
  if (state === 'suspended') return suspendedNote(name, 'lets the key in');
  return {
    level: 'info',
    code: 'FLY_KEY_NEEDS_START',
    message:
      'The key is admitted at once. A restart alone brings back the keys of before, as with every secret on Fly: ' +
      '`sindri stop` and then `sindri start`, or the next update, make it last.',
  };
}

function suspendedNote(name: string, effect: string): PlanNote {
  return {
    level: 'warning',
    code: 'FLY_KEY_SUSPENDED',
    message:
      `Machine ${name} is suspended, and goes on with the keys that it has in memory: ` +
      `\`sindri stop\` and then \`sindri start\`, or the next update, ${effect}.`,
  };
}

/** Whoever removes the last key wants nobody in: that is what stopping and destroying are for. */
export function lastKey(fingerprint: string): Error {
  return refusal(
    'FLY_LAST_KEY',
    'refused',
    `${fingerprint} is the only SSH key that is admitted.`,
    'Admit another key first. To let nobody in, stop or destroy the environment.',
    { fingerprint },
  );
}

/** Nobody has noted which keys are admitted, and the machine that knows cannot be asked. */
export function unread(machine: string, details: JsonObject = {}): Error {
  return refusal(
    'FLY_KEYS_UNREAD',
    'refused',
    `Which keys are in ${authorizedKeysVariable} is not noted at machine ${machine}, and it does not run, so it cannot be asked.`,
    'Run `sindri start` first.',
    details,
  );
}

function door({ names, secretNames }: FlyDesired, observed: ObservedEnvironment, what: string): Door {
  refuseUnobserved(what, { machine: observed.machine, secrets: observed.secrets });
  const machine = dataOf(observed.machine);
  if (machine === null || isDying(machine)) {
    throw refusal('FLY_NOT_DEPLOYED', 'refused', `${names.app} has no machine.`, 'Run `sindri deploy` first.', {
      environment: names.app,
    });
  }
  return {
    machine,
    record: keyRecord(machine.metadata, dataOf(observed.secrets)?.items ?? []),
    isDeclared: secretNames.includes(authorizedKeysVariable),
  };
}

/** The second machine, while it runs: at its next start it has the keys of the secret, as the first one. */
function alsoIn(observed: ObservedEnvironment): { second?: { machineId: string; name: string } } {
  const second = livingSecond(observed);
  return second?.state === 'started' ? { second: { machineId: second.id, name: second.name } } : {};
}

function declared({ name, state }: MachineData, rest: string): Error {
  return refusal(
    'FLY_KEYS_DECLARED',
    'refused',
    `${authorizedKeysVariable} comes from the config, which is the truth at every start of machine ${name}. ${rest}.`,
    'Add the key to that secret and deploy.',
    { state },
  );
}

interface Step {
  fingerprint: string;
  payload: Extract<ChangePayload, { kind: 'key.admit' | 'key.remove' }>;
  note: PlanNote | null;
  app: string;
  to: 'admitted' | null;
}

/** `title` is `null` when there is nothing to do. */
function planned(observed: ObservedEnvironment, title: string | null, step: Step): ProviderPlan<ChangePayload> {
  const { fingerprint, payload, note, app, to } = step;
  const changes =
    title === null
      ? []
      : [
          change({
            id: `keys:${fingerprint}:${to === null ? 'remove' : 'admit'}`,
            action: 'update',
            resource: { type: 'keys', name: app },
            title,
            payload,
            differences: [{ field: fingerprint, from: to === null ? 'admitted' : null, to }],
            impact: ['in-place'],
          }),
        ];
  return {
    changes,
    notes: note === null || title === null ? [] : [note],
    cost: observedCost(observed),
  };
}
