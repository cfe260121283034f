import type { PlanNote, SecretInfo } from '@sindri/core';
import { metadataKeys, tokenSecret, type MachineData } from '../../model.js';
import type { FlyDesired } from '../desired/desired.js';
import { gpuWithdrawnMessage } from '../hardware/gpu.js';
import { idleBehaviour } from '../desired/idle.js';
import { endedByItself, hasLostHost, isRunning, neverCameUp } from '../observed/machine-life.js';
import { dataOf, type ObservedEnvironment } from '../observed/open-observation.js';
import { publishedTlsPort } from '../observed/published-port.js';
import { dedicatedIpv4Text } from '../prices/price-text.js';
import { waitingSecrets } from '../secrets/secret-states.js';
import { stagedNote, lastingTokenNote, tokenNote } from '../secrets/secret-notes.js';
import { listAnd } from '../words.js';
import type { FlyChange } from './change.js';
import { keyNotes } from './key-notes.js';
import { makerOf } from './ownership.js';
import type { SecretsPlan } from './secrets.js';

export interface NotesRequest {
  desired: FlyDesired;
  /** Secrets of the config that were found. */
  entries: readonly SecretInfo[];
  observed: ObservedEnvironment;
  machine: { data: MachineData; owned: boolean } | null;
  secretsPlan: SecretsPlan;
  machineChanges: readonly FlyChange[];
}

/** What people should know before they say yes to a deploy. */
export function deployNotes(request: NotesRequest): PlanNote[] {
  return [
    ...imageNotes(request),
    ...keyNotes({ ...request, identities: request.observed.facts.identities }),
    ...secretNotes(request),
    ...stagedNotes(request),
    ...tokenNotes(request),
    ...idleNotes(request),
    ...addressNotes(request),
    ...gpuNotes(request),
    ...adoptionNotes(request),
    ...(request.machine === null
      ? []
      : machineNotes({ machine: request.machine.data, machineChanges: request.machineChanges })),
  ];
}

function imageNotes({ desired }: NotesRequest): PlanNote[] {
  const { image } = desired;
  if (image.origin === 'default') {
    return [
      info(
        'FLY_IMAGE_DEFAULT',
        `The config names no image: ${image.reference} is used, a floating tag that Fly resolves whenever the machine is created or updated.`,
      ),
    ];
  }
  if (image.origin !== 'version' || image.request === null) return [];
  const { version, verifySignature, verifyProvenance } = image.request;
  const unverified =
    !verifySignature && !verifyProvenance
      ? ''
      : image.verificationIsAsked
        ? ' The config asks to verify signature or provenance: that is NOT done, the image is used unverified.'
        : ' Its signature is not verified.';
  return [
    {
      level: 'warning',
      code: unverified === '' ? 'FLY_IMAGE_FLOATING' : 'FLY_IMAGE_UNVERIFIED',
      message:
        `${version === null ? 'The newest version' : `The version ${version}`} is not looked up in a registry here: ` +
        `${image.reference} is used, which is always ${version === null ? 'the newest' : 'the newest version of that line'}.${unverified}`,
    },
  ];
}

function secretNotes({ secretsPlan: { kept } }: NotesRequest): PlanNote[] {
  if (kept.length === 0) return [];
  const [verb, pronoun] = kept.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return [
    info('FLY_SECRET_KEPT', `${listAnd(kept)} ${verb} kept as set on Fly: this computer has no value for ${pronoun}.`),
  ];
}

/** Others than those of the config: a deploy with nothing else to do does not restart a machine for them. */
function stagedNotes({ machine, machineChanges, observed }: NotesRequest): PlanNote[] {
  if (machine === null || machineChanges.some(({ payload }) => payload.kind === 'machine.update')) return [];
  const secrets = dataOf(observed.secrets);
  const waits = secrets === null ? [] : waitingSecrets(machine.data, secrets.items);
  return waits.length === 0 ? [] : [stagedNote(waits)];
}

function tokenNotes({ machine, entries, observed: { observedAtMs } }: NotesRequest): PlanNote[] {
  const entry = entries.find(({ name }) => name === tokenSecret);
  const wide = entry?.facts?.['token'] === 'personal';
  return [
    ...tokenNote(machine?.data.metadata ?? {}, observedAtMs),
    ...lastingTokenNote(machine?.data.metadata ?? {}, observedAtMs),
    ...(wide
      ? [
          {
            level: 'warning' as const,
            code: 'FLY_TOKEN_WIDE',
            message:
              `${tokenSecret} (from ${entry?.origin ?? 'the config'}) is a token of yours that reaches more than this app, and everybody inside can use it. ` +
              'Take it out of `secrets:` and set `providers.fly.appToken: true`: then the machine gets one of its own.',
          },
        ]
      : []),
  ];
}

function idleNotes({ desired }: NotesRequest): PlanNote[] {
  const { text, suspendIsUnsure } = idleBehaviour(desired.guest, desired.idle);
  if (text === null) {
    return [
      info(
        'FLY_IDLE',
        'Nothing stops the machine when nobody is connected: it runs, and is billed, until `sindri stop`.',
      ),
    ];
  }
  return [
    {
      level: suspendIsUnsure ? 'warning' : 'info',
      code: suspendIsUnsure ? 'FLY_SUSPEND_MEMORY' : 'FLY_IDLE',
      message: text,
    },
  ];
}

function addressNotes({ desired, observed, machine }: NotesRequest): PlanNote[] {
  if (desired.names.dedicatedIpv4) return [];
  if (observed.ips.status === 'present' && observed.ips.data.items.some(({ type }) => type === 'v4')) return [];
  const hasTls =
    machine === null
      ? desired.services.some(({ ports }) => ports.some(({ handlers }) => handlers.length > 0))
      : publishedTlsPort(machine.data.config, desired.names.internalPort) !== null;
  return [
    info(
      'FLY_IPV6_ONLY',
      `SSH goes over the free dedicated IPv6${hasTls ? ', and from a network without it inside TLS or through the private network' : ''}. ` +
        `${hasTls ? 'For any SSH client there' : 'From a network without IPv6'}, \`providers.fly.dedicatedIpv4: true\` rents an IPv4 for ${dedicatedIpv4Text}.`,
    ),
  ];
}

function gpuNotes({ desired: { gpu } }: NotesRequest): PlanNote[] {
  return gpu === null ? [] : [{ level: 'warning', code: 'FLY_GPU_WITHDRAWN', message: gpuWithdrawnMessage(gpu) }];
}

function adoptionNotes({ machine, observed, desired }: NotesRequest): PlanNote[] {
  const notes: PlanNote[] = [];
  if (machine !== null && !machine.owned) {
    notes.push(
      info(
        'FLY_ADOPTION',
        `Machine ${machine.data.name} was made by ${makerOf(machine.data)}. ` +
          'It is taken over with its volume; settings of its own that Sindri does not know stay.',
      ),
    );
  }
  if (observed.facts.foreignMachines.length > 0) {
    const list = observed.facts.foreignMachines.map(({ name, id }) => `${name} (${id})`).join(', ');
    notes.push(
      info(
        'FLY_FOREIGN_MACHINES',
        `The app ${desired.names.app} has machines that are not Sindri's and are left alone: ${list}.`,
      ),
    );
  }
  if (observed.machine.status === 'present' && machine === null) {
    const { name, state } = observed.machine.data;
    notes.push(info('FLY_MACHINE_DYING', `Machine ${name} is ${state}; a new one takes its place.`));
  }
  return notes;
}

/** What people should know of one machine and of what is done to it. */
export function machineNotes({
  machine: data,
  machineChanges,
}: {
  machine: MachineData;
  machineChanges: readonly FlyChange[];
}): PlanNote[] {
  const notes: PlanNote[] = [];
  if (data.config === null || hasLostHost(data)) {
    notes.push({
      level: 'warning',
      code: 'FLY_HOST_UNREACHABLE',
      message: `The host of machine ${data.name} is ${data.hostStatus ?? 'silent'}: what cannot be read there is left as it is.`,
    });
  }
  const updates = machineChanges.some(({ payload }) => payload.kind === 'machine.update');
  const asleep = !isRunning(data) && !neverCameUp(data) && endedByItself(data) === null;
  if (updates && asleep) {
    notes.push(
      info(
        'FLY_MACHINE_ASLEEP',
        data.state === 'suspended'
          ? `Machine ${data.name} is suspended: the update discards its memory, and the start that follows is a cold boot.`
          : `Machine ${data.name} is ${data.state}: deploy starts it after the update.`,
      ),
    );
  }
  if (data.metadata[metadataKeys.environment] !== undefined && data.cordoned) {
    notes.push({
      level: 'warning',
      code: 'FLY_MACHINE_CORDONED',
      message:
        `Machine ${data.name} is cordoned: Fly routes no connections to it until whoever did that undoes it. ` +
        'Or make it anew on the same volume: `sindri destroy --keep-volumes`, then `sindri deploy`.',
    });
  }
  return notes;
}

function info(code: string, message: string): PlanNote {
  return { level: 'info', code, message };
}
