import { isSindriError, type Diagnosis, type EnvironmentSpec, type OperationContext } from '@sindri/core';
import { installsExtensions } from '@sindri/image-contract';
import { awaitSshBanner, fingerprint } from '@sindri/ssh';
import type { FlyApi, OpenApi } from '../api/client.js';
import { attempt, type Read } from '../attempt.js';
import { findLogin } from '../connection/admission.js';
import { automaticOpener } from '../connection/choose-method.js';
import { findCallerIdentities, toCallerIdentity } from '../connection/identities.js';
import { sshDestination } from '../connection/ssh-destination.js';
import { createStreams } from '../connection/streams.js';
import { openMachineWork } from '../machine/open-work.js';
import { lookAtInstallation } from '../hold/watch-installation.js';
import type { FlySpec, MachineData } from '../model.js';
import { observeFly } from '../observe.js';
import {
  dataOf,
  desiredNames,
  eachMachine,
  hasLostHost,
  openObservation,
  pastEvents,
  summarizeFly,
  toEventData,
  toIpsData,
  wakesOnConnection,
  type MachineView,
} from '../planner/index.js';
import type { DialFailed, Evidence } from './evidence.js';
import { mergeFindings } from './merge-findings.js';
import { findSymptoms } from './symptoms.js';

const DIAL_MS = 10_000;

/**
 * Looks from outside and, into what runs, inside, and judges what was seen, of each machine. Wakes nothing: a machine that sleeps is not
 * dialled.
 */
export function createDiagnose(openApi: OpenApi): (spec: FlySpec, context: OperationContext) => Promise<Diagnosis> {
  return async (spec, context) => {
    const api = await openApi(context);
    const identities = findCallerIdentities(spec, context).then((all) => all.map(toCallerIdentity));
    const observation = await observeFly(api, spec, context, { purpose: 'plan', identities });
    const unread = observation.resources.flatMap(({ status, name, ...rest }) =>
      status === 'unobserved' && 'reason' in rest ? [`${name} could not be read: ${String(rest.reason)}`] : [],
    );
    let dialled: Promise<Evidence['dial']> | undefined;
    // Whichever machine answers there.
    const dial: Dial = (config) => (dialled ??= tryToDial(api, spec, config, context));
    const looks = await Promise.all(
      eachMachine(spec, observation).map((view) => lookAt(api, { spec, view, context, dial })),
    );
    return {
      findings: mergeFindings(looks.map(({ view, evidence }) => ({ ...view, findings: findSymptoms(evidence) }))),
      unknown: [...new Set([...unread, ...looks.flatMap(({ unknown }) => unknown)])],
    };
  };
}

type Dial = (config: Parameters<typeof sshDestination>[0]) => Promise<Evidence['dial']>;

interface Look {
  spec: FlySpec;
  view: MachineView;
  context: OperationContext;
  dial: Dial;
}

/** Everything about one machine, and what of it could not be read. */
async function lookAt(
  api: FlyApi,
  { spec, view, context, dial }: Look,
): Promise<{ view: MachineView; evidence: Evidence; unknown: string[] }> {
  const { instance, observation } = view;
  const observed = openObservation(spec, observation);
  const machine = dataOf(observed.machine);
  const summary = summarizeFly(spec, observation);
  const names = desiredNames(spec, observation.facts.defaults);
  const unknown: string[] = [];
  const told = <T>(what: string, read: Read<T>): T | null => {
    if (read.ok) return read.value;
    unknown.push(`${what}${instance === null ? '' : ` of ${instance}`}: ${read.reason}`);
    return null;
  };
  const known = summary.state === 'absent' ? null : machine;
  const [logs, events, inside] = await Promise.all([
    known === null ? null : attempt(api.logs.page(names.app, instance === null ? {} : { instance: known.id })),
    known === null ? null : attempt(api.machines.events(names.app, known.id)),
    known === null || known.state !== 'started' || hasLostHost(known)
      ? null
      : lookInside(api, spec, known, context, dial),
  ]);
  const oldestFirst = (events?.ok ? events.value.map(toEventData) : (machine?.events ?? []))
    .toReversed()
    .sort((a, b) => a.timestamp - b.timestamp);
  const evidence: Evidence = {
    environment: spec.name,
    summary,
    machine,
    ips: dataOf(observed.ips)?.items ?? null,
    secrets: dataOf(observed.secrets)?.items ?? null,
    volume: dataOf(observed.volume),
    events: pastEvents(oldestFirst),
    logs: logs === null ? null : (told('The logs could not be read', logs)?.lines ?? null),
    installs: installsExtensions(spec),
    installation: inside === null ? null : told('The installation could not be looked at', inside.installation),
    wakesOnConnection: wakesOnConnection(machine?.config, names),
    dial: inside === null ? null : instance === null ? inside.dial : dialOf(known, inside.dial),
    keys: inside === null ? null : told('Whether your key is admitted is not known', inside.keys),
  };
  return { view, evidence, unknown };
}

/** Where another machine answers on the same addresses, only its own health check tells that this one does not. */
function dialOf(machine: MachineData | null, dial: Evidence['dial']): Evidence['dial'] {
  const failing = (machine?.checks ?? []).find(({ status }) => status === 'critical');
  if (failing === undefined || dial?.answers !== true) return dial;
  const message = failing.output === null || failing.output === '' ? 'fails' : `fails: ${failing.output}`;
  return { answers: false, failures: [{ where: `Its health check ${failing.name}`, reason: 'closed', message }] };
}

interface Inside {
  installation: Read<NonNullable<Evidence['installation']>>;
  dial: Evidence['dial'];
  keys: Read<NonNullable<Evidence['keys']>>;
}

/** Of a machine that runs. */
async function lookInside(
  api: FlyApi,
  spec: EnvironmentSpec,
  { id }: MachineData,
  context: OperationContext,
  dialOnce: Dial,
): Promise<Inside> {
  const work = openMachineWork(api, spec, context, 'diagnose');
  const machine = await api.machines.get(work.app, id);
  const [installation, dial, keys] = await Promise.all([
    attempt(lookAtInstallation(api, work.app, id)),
    dialOnce(machine?.config),
    attempt(
      machine === null
        ? Promise.resolve({ isAdmitted: null, mine: [] })
        : findLogin(work, spec, machine).then(({ identities, isAdmitted }) => ({
            // Whoever has no key gets one with the first connection.
            isAdmitted: identities.length === 0 ? null : isAdmitted,
            mine: identities.map(({ publicKey }) => fingerprint(publicKey)),
          })),
    ),
  ]);
  return { installation, dial, keys };
}

async function tryToDial(
  api: FlyApi,
  spec: EnvironmentSpec,
  config: Parameters<typeof sshDestination>[0],
  context: OperationContext,
): Promise<Evidence['dial']> {
  const { clock, signal } = context;
  const names = desiredNames(spec);
  const ips = await attempt(api.ips.list(names.app));
  if (!ips.ok) return null;
  const opener = automaticOpener(
    sshDestination(config, toIpsData(ips.value).items, names),
    await createStreams(names.app, null, context),
    { edgeOnly: true },
  );
  if (opener === null) return null;
  try {
    await awaitSshBanner(opener, { signal, clock, timeoutMs: DIAL_MS });
    return { answers: true };
  } catch (error) {
    signal.throwIfAborted();
    if (!isSindriError(error)) throw error;
    const { addresses } = error.details as {
      addresses?: { host?: string; port?: number | null; reason: string; message: string }[];
    };
    const failures = (addresses ?? []).flatMap(({ host, port, reason, message }): DialFailed[] => {
      // A method that cannot work has tried nothing: it is no sign of how the network answers.
      if (port === null) return [];
      return [{ where: host === undefined ? 'The way there' : `${host}:${port}`, reason, message }];
    });
    return { answers: false, failures };
  }
}
