import type { Finding, FixStep } from '@sindri/core';
import { cpusForMemory, fromWireGuest, hasLostHost, type Guest } from '../planner/index.js';
import type { Evidence } from './evidence.js';
import { worstFirst } from './merge-findings.js';

const FULL = 0.95;
const NEARLY_FULL = 0.9;
/** The image gives its installer up after half an hour. */
const INSTALL_MS = 30 * 60_000;
const ASLEEP = new Set(['stopped', 'suspended', 'stopping', 'suspending']);
const GIB = 1024 ** 3;

type Symptom = (evidence: Evidence) => Finding | null;

/** What is wrong by `evidence`, the worst first. Pure. */
export function findSymptoms(evidence: Evidence): Finding[] {
  const found = symptoms.map((look) => look(evidence)).filter((finding) => finding !== null);
  return worstFirst(found);
}

const hostUnreachable: Symptom = ({ machine }) =>
  machine === null || !hasLostHost(machine)
    ? null
    : {
        id: 'fly-host-unreachable',
        severity: 'problem',
        title: 'Its host does not answer',
        cause: `Fly has lost the computer on which machine ${machine.name} and its volume are. It comes back by itself, or not.`,
        evidence: [`Fly calls the host of ${machine.name} ${machine.hostStatus}`],
        fix: [
          step('Wait: mostly it is back within the hour. https://status.fly.io tells.', 'sindri status --watch'),
          step('Or go on elsewhere with what the newest snapshot holds.', 'sindri volume snapshots'),
        ],
      };

const outOfMemory: Symptom = ({ events, logs, summary, machine }) => {
  // What was before the last change says nothing of the memory that it has now.
  const changed = Date.parse(events.findLast(({ kind }) => kind === 'updated' || kind === 'created')?.at ?? '') || 0;
  const last = events.findLast(({ kind, at }) => kind === 'out-of-memory' && Date.parse(at) >= changed);
  const since = (logs ?? []).filter(({ timestamp }) => !(Date.parse(timestamp) < changed));
  const lines = linesLike(since, /\bout of memory\b|\boom[-_ ]?kill/i);
  if (last === undefined && lines.length === 0) return null;
  const { memoryMb } = summary.resources;
  const has = memoryMb === null ? 'memory' : sizeText(memoryMb);
  return {
    id: 'out-of-memory',
    severity: 'problem',
    title: 'It ran out of memory',
    cause: `What runs in it needs more than the ${has} that it has, and was killed for it.`,
    evidence: [...(last === undefined ? [] : [`${last.at}: ${last.message}`]), ...lines],
    fix: [moreMemory(fromWireGuest(machine?.config?.['guest']))],
  };
};

/** Twice as much, with the CPUs that Fly wants for it. */
function moreMemory(guest: Guest | null): FixStep {
  if (guest === null || guest.gpu !== null) return step('Give it more memory in sindri.yaml.', 'sindri deploy');
  const { cpuKind, memoryMb } = guest;
  const twice = memoryMb * 2;
  const cpus = cpusForMemory(cpuKind, guest.cpus, twice);
  if (cpus === undefined) {
    return cpuKind === 'shared'
      ? step('Shared CPUs have no more: set `providers.fly.cpuKind: performance` in sindri.yaml.', 'sindri deploy')
      : step('Fly has no larger machine: run less in it at once.', null);
  }
  const more = `sindri scale memory ${sizeText(twice)}${cpus === guest.cpus ? '' : ` --cpus ${cpus}`}`;
  return step('Give it twice as much: this sets it in sindri.yaml and deploys.', more);
}

const volumeFull: Symptom = ({ volume, logs }) => {
  const lines = linesLike(logs, /no space left on device/i);
  const share = volume?.use ? volume.use.usedBytes / volume.use.totalBytes : null;
  const isFull = share === null ? lines.length > 0 : share >= FULL;
  if (volume === null || (!isFull && (share ?? 0) < NEARLY_FULL)) return null;
  const { use, sizeGb, name } = volume;
  const used = use === null ? [] : [`${name}: ${gb(use.usedBytes)} of ${gb(use.totalBytes)} are used`];
  return {
    id: 'volume-full',
    severity: isFull ? 'problem' : 'warning',
    title: isFull ? 'The volume is full' : 'The volume is nearly full',
    cause: `The volume of ${sizeGb} GB has no room left for what is written to it.`,
    evidence: [...used, ...lines],
    fix: [
      step('See what takes the room.', 'sindri exec -- du -xhd1'),
      step(
        'Or make it larger.',
        `sindri volume extend ${Math.min(500, Math.max(sizeGb + 10, Math.ceil(sizeGb * 1.5)))}GB`,
      ),
    ],
  };
};

const asleepDuringInstallation: Symptom = (evidence) => {
  const { installs, installation, events, logs, summary } = evidence;
  if (!installs) return null;
  if (installation !== null) return installation.state === 'installing' ? unprotected(evidence) : null;
  if (!ASLEEP.has(summary.state)) return null;
  const slept = events.findLast(({ kind }) => kind === 'suspended' || kind === 'stopped');
  if (slept === undefined || slept.cause !== 'idle') return null;
  const began = (logs ?? []).findLast(({ message }) =>
    /\binstalling extensions?\b|\binstalling profile\b/i.test(message),
  );
  const ended = (logs ?? []).findLast(({ message }) => /install\w*.*\b(completed?|finished|done)\b/i.test(message));
  if (ended !== undefined && (began === undefined || ended.timestamp >= began.timestamp)) return null;
  const awakeMs = awakeTime(evidence);
  // Without the installer's own lines only a first sleep is suspicious: whoever woke it since has seen how far it was.
  const sleeps = events.filter(({ kind }) => kind === 'suspended' || kind === 'stopped');
  if (began === undefined && (awakeMs >= INSTALL_MS || sleeps.length > 1)) return null;
  return {
    id: 'asleep-during-installation',
    severity: began === undefined ? 'warning' : 'problem',
    title:
      began === undefined
        ? 'It may have gone to sleep before its extensions were installed'
        : 'It went to sleep while its extensions were being installed',
    cause:
      began === undefined
        ? 'Fly put it to sleep when nobody was connected, and its log does not tell that the installer was done by then.'
        : 'Nobody was connected, and nothing kept it awake: Fly put it to sleep before the installer was done.',
    evidence: [
      ...(began === undefined ? [] : [`${began.timestamp}: ${began.message}`]),
      `${slept.at}: ${slept.message}`,
      `It has been awake for ${Math.round(awakeMs / 60_000)} min in all`,
    ],
    fix: [
      step('Wake it, and keep it awake while the installer goes on.', 'sindri hold 1h'),
      step('The next deploy waits for the installer by itself, unless it is detached.', null),
    ],
  };
};

function unprotected({ summary, installation }: Evidence): Finding | null {
  if (summary.idleBehaviour === null || (summary.holds ?? []).length > 0) return null;
  const last = installation?.lines.at(-1);
  return {
    id: 'fly-installation-unprotected',
    severity: 'warning',
    title: 'Extensions are being installed, and nothing keeps it awake',
    cause: 'Fly puts it to sleep when nobody is connected for some minutes, whatever runs in it.',
    evidence: [last === undefined ? 'The installer has not left its marker yet' : `The installer last wrote: ${last}`],
    fix: [step(null, 'sindri hold 1h')],
  };
}

const noAddress: Symptom = ({ ips }) => {
  if (ips === null || ips.some(({ type }) => type === 'v4' || type === 'v6')) return null;
  const seen = ips.map(({ ip, type }) => `${ip} (${type === 'shared_v4' ? 'shared IPv4: HTTP and TLS only' : type})`);
  return {
    id: 'no-address',
    severity: 'problem',
    title: 'No address carries SSH',
    cause: 'SSH is raw TCP, for which Fly wants an address of the app alone; the app has none.',
    evidence: seen.length === 0 ? ['The app has no address at all'] : seen,
    fix: [step('Allocates a dedicated IPv6, which is free.', 'sindri deploy')],
  };
};

const connectionTimeout: Symptom = ({ dial, ips }) => {
  if (dial === null || dial.answers) return null;
  const silent = dial.failures.filter(({ reason }) => reason === 'timeout' || reason === 'unreachable');
  if (silent.length === 0) return null;
  const hasIpv4 = (ips ?? []).some(({ type }) => type === 'v4');
  return {
    id: 'connection-timeout',
    severity: 'problem',
    title: 'Connections time out',
    cause: hasIpv4
      ? 'The machine runs, but its addresses do not answer from here: a firewall, or an address that is not announced everywhere yet.'
      : 'The app has IPv6 only, and this network has no way to it, or the address is not announced everywhere yet.',
    evidence: silent.map(({ where, message }) => `${where} ${message}`),
    fix: [
      step('Go through the private network meanwhile, as `auto` does by itself.', 'sindri connect --method proxy'),
      step('For any other SSH client, at localhost port 10022:', 'sindri tunnel 10022:2222'),
      ...(hasIpv4
        ? [step('Try from another network, or again in some minutes.', null)]
        : [
            step(
              'Set `providers.fly.dedicatedIpv4: true` in sindri.yaml; `sindri plan` shows what it costs.',
              'sindri deploy',
            ),
          ]),
    ],
  };
};

const connectionRefused: Symptom = ({ machine, summary, wakesOnConnection, dial }) => {
  if (machine === null) return null;
  const common = { id: 'connection-refused', severity: 'problem', title: 'Connections are refused' } as const;
  if (ASLEEP.has(summary.state)) {
    const held = machine.heldAwake;
    if (wakesOnConnection && held === undefined) return null;
    return {
      ...common,
      cause:
        held === undefined
          ? `The machine is ${machine.state}, and no connection wakes it: \`autoStartMachines\` is off.`
          : `The machine is ${machine.state}, and a lease keeps Fly from waking it.`,
      evidence: [
        `Machine ${machine.name} is ${machine.state}`,
        ...(held === undefined ? [] : [`Its lease: ${held.reason}, by ${held.by ?? 'somebody'}`]),
      ],
      fix: [step(null, 'sindri start')],
    };
  }
  if (dial === null || dial.answers) return null;
  const refused = dial.failures.filter(({ reason }) => reason === 'refused' || reason === 'closed');
  if (refused.length === 0 || refused.length < dial.failures.length) return null;
  return {
    ...common,
    cause: 'The machine runs, but its SSH server does not answer.',
    evidence: refused.map(({ where, message }) => `${where} ${message}`),
    fix: [step('See what it says.', 'sindri logs'), step('Start it anew.', 'sindri restart')],
  };
};

const permissionDenied: Symptom = ({ keys, secrets, machine }) => {
  if (machine === null) return null;
  const isMissing = secrets !== null && !secrets.some(({ name }) => name === 'AUTHORIZED_KEYS');
  if (!isMissing && keys?.isAdmitted !== false) return null;
  const mine = keys?.mine ?? [];
  return {
    id: 'permission-denied',
    severity: 'problem',
    title: 'SSH refuses your key',
    cause: isMissing
      ? 'The app has no secret AUTHORIZED_KEYS, so its SSH server admits nobody after the next start.'
      : 'None of the keys of this computer is among those that the environment admits.',
    evidence: [
      ...(isMissing ? [`Its secrets: ${secrets.map(({ name }) => name).join(', ') || 'none'}`] : []),
      mine.length === 0 ? 'This computer has no SSH key' : `Keys of this computer: ${mine.join(', ')}`,
    ],
    fix: isMissing
      ? [step('Sets it, by the keys of the config or yours.', 'sindri deploy')]
      : [step('Admits your key.', 'sindri keys add'), step('See who is admitted.', 'sindri keys list')],
  };
};

const failed: Symptom = ({ summary, events, logs }) => {
  if (summary.state !== 'failed' && summary.state !== 'incomplete') return null;
  const last = events.at(-1);
  return {
    id: 'failed',
    severity: 'problem',
    title: summary.state === 'failed' ? 'It ended by itself' : 'It is half made',
    cause: summary.stateReason ?? 'Its main process has ended, or Fly could not start it.',
    evidence: [
      ...(last === undefined ? [`Its state is ${summary.state}`] : [`${last.at}: ${last.message}`]),
      ...(logs ?? [])
        .filter(({ source }) => source === 'app')
        .slice(-2)
        .map(({ message }) => `It last wrote: ${message}`),
    ],
    fix: [step('See what it wrote.', 'sindri logs'), step('Make it anew; the volume stays.', 'sindri deploy')],
  };
};

const notDeployed: Symptom = ({ summary, environment }) =>
  summary.state !== 'absent'
    ? null
    : {
        id: 'not-deployed',
        severity: 'problem',
        title: 'Nothing is deployed',
        cause: `${environment} has no machine.`,
        evidence: [`App ${environment}: no machine`],
        fix: [step(null, 'sindri deploy')],
      };

const symptoms: readonly Symptom[] = [
  notDeployed,
  ...[hostUnreachable, outOfMemory, failed, volumeFull, asleepDuringInstallation].map(whereDeployed),
  ...[noAddress, connectionTimeout, connectionRefused, permissionDenied].map(whereDeployed),
];

/** Where nothing is, nothing else is wrong with it. */
function whereDeployed(look: Symptom): Symptom {
  return (evidence) => (evidence.summary.state === 'absent' ? null : look(evidence));
}

/** How long the machine has been awake in all, as far as its events tell. */
function awakeTime({ events }: Evidence): number {
  let sum = 0;
  let since: number | null = null;
  for (const { kind, at } of events) {
    const ms = Date.parse(at);
    if (kind === 'started' || kind === 'resumed') since ??= ms;
    else if (kind === 'stopped' || kind === 'suspended' || kind === 'crashed' || kind === 'out-of-memory') {
      if (since !== null) sum += ms - since;
      since = null;
    }
  }
  return sum;
}

function linesLike(logs: Evidence['logs'], pattern: RegExp): string[] {
  return (logs ?? [])
    .filter(({ message }) => pattern.test(message))
    .slice(-2)
    .map(({ timestamp, message }) => `${timestamp}: ${message}`);
}

function step(text: string | null, command: string | null): FixStep {
  return { text, command };
}

function sizeText(mb: number): string {
  return mb % 1024 === 0 ? `${mb / 1024}GB` : `${mb}MB`;
}

function gb(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GB`;
}
