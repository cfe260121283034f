import { createHash } from 'node:crypto';
import { imageRef } from '../platform/image-ref.js';
import { latestRelease } from '../platform/releases.js';
import type { AppRecord, MachineRecord, ServiceConfig } from '../records.js';
import { appStatus, time } from '../rest/views.js';
import { egressObject, ipObject } from './address-object.js';
import type { Caller } from './caller.js';
import { connection, type Paging } from './connection.js';
import type { GraphqlObject } from './graphql-object.js';
import { machineObject } from './machine-object.js';
import { organizationObject } from './organization-object.js';
import { releaseObject } from './release-object.js';
import { tokenObject } from './token-object.js';

/** An app as GraphQL shows it. Its id there is its name. */
export function appObject(caller: Caller, app: AppRecord): GraphqlObject {
  const { store } = caller.platform;
  const org = store.state.orgs.find(({ slug }) => slug === app.org);
  const machines = store.machines(app.name).filter(({ state }) => state !== 'destroyed');
  const release = latestRelease(app);
  const hostname = `${app.name}.fly.dev`;
  return {
    id: app.name,
    internalNumericId: app.numericId,
    name: app.name,
    hostname,
    cnameTarget: hostname,
    appUrl: `https://${hostname}`,
    deployed: machines.length > 0,
    status: appStatus(machines),
    version: release?.version ?? 0,
    createdAt: time(app.createdAt),
    platformVersion: 'machines',
    // The default network has no name here.
    network: app.network === 'default' ? null : app.network,
    organization: () => organizationObject(caller, org ?? { slug: app.org, name: app.org, numericId: 0 }),
    role: null,
    config: { definition: release?.definition ?? {} },
    currentRelease: release && releaseObject(release),
    currentReleaseUnprocessed: release && releaseObject(release),
    releasesUnprocessed({ status, ...paging }: Paging & { status?: string | null }) {
      const wanted = (app.releases ?? []).filter((one) => typeof status !== 'string' || one.status === status);
      return connection(wanted.map(releaseObject).reverse(), paging);
    },
    services: () => servicesOf(machines),
    secrets: () => secretsOf(app),
    ipAddresses: (paging: Paging) =>
      connection(
        app.ips.flatMap((ip) => ipObject(app, ip) ?? []),
        paging,
      ),
    sharedIpAddress: app.ips.find(({ type }) => type === 'shared_v4')?.ip ?? null,
    egressIpAddresses: (paging: Paging) =>
      connection(
        app.ips.flatMap((ip) => egressObject(app, ip) ?? []),
        paging,
      ),
    imageDetails: () => imageVersion(machines.at(-1)),
    image: ({ ref }: { ref: string }) => imageObject(ref),
    machines: (paging: Paging) =>
      connection(
        machines.map((machine) => machineObject(caller, machine, () => appObject(caller, app))),
        paging,
      ),
    limitedAccessTokens: (paging: Paging) =>
      connection(store.state.tokens.filter((token) => token.app === app.name).map(tokenObject), paging),
  };
}

/** No registry is asked: every reference is an image, of a size that nobody has measured. */
function imageObject(reference: string) {
  const { registry, repository, tag, digest } = imageRef(reference);
  const ref = `${registry}/${repository}${tag === '' ? '' : `:${tag}`}`;
  const id = createHash('sha256').update(`${ref}@${digest}`).digest('hex').slice(0, 16);
  return { id: `img_${id}`, ref, digest, compressedSizeFull: '0', manifest: {} };
}

function imageVersion(machine: MachineRecord | undefined) {
  if (machine === undefined) return null;
  const { registry, repository, tag, digest } = imageRef(machine.config.image);
  return { registry, repository, tag, digest, version: null };
}

/** Names and digests; a value never comes back. */
function secretsOf({ secrets }: AppRecord) {
  return Object.entries(secrets).map(([name, { digest, createdAt }]) => {
    return { id: name, name, digest, createdAt: time(createdAt) };
  });
}

/** What the machines offer, each service once. */
function servicesOf(machines: MachineRecord[]) {
  const all = machines.flatMap(({ config }) => config.services ?? []).map(serviceObject);
  return [...new Map(all.map((service) => [JSON.stringify(service), service])).values()];
}

function serviceObject({ protocol, internal_port: internalPort = 0, ports = [] }: ServiceConfig) {
  const shown = ports.map(({ port, start_port: startPort, end_port: endPort, handlers = [] }) => ({
    port: port ?? null,
    startPort: port ?? startPort ?? null,
    endPort: port ?? endPort ?? null,
    handlers: handlers.map((handler) => handler.toUpperCase()),
  }));
  const kind = protocol === 'udp' ? 'UDP' : 'TCP';
  const outside = shown.map(({ startPort, endPort }) =>
    startPort === endPort ? startPort : `${startPort}-${endPort}`,
  );
  return { description: `${kind} ${outside.join('/')} ⇢ ${internalPort}`, protocol: kind, internalPort, ports: shown };
}
