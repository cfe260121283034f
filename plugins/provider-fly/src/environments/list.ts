import type { EnvironmentListing, ListedEnvironment, OperationContext } from '@sindri/core';
import type { FlyApi, OpenApi } from '../api/client.js';
import type { WireApp, WireVolume } from '../api/types.js';
import { attempt, type Read } from '../attempt.js';
import { readEnvironmentDefaults } from '../environment-defaults.js';
import { wasAskedForHere } from '../observe.js';
import {
  hasMark,
  homeVolumeName,
  secondVolumeName,
  isLivingVolume,
  listedEnvironment,
  markedMachines,
  toAppData,
  toIpsData,
  toMachineData,
  type Observed,
} from '../planner/index.js';
import { inParallel } from './bounded.js';
import { readOrganization, type OrganizationView } from './read-organization.js';

/** Where the token does not say what it reaches: the user's own organization. */
const OWN_ORGANIZATION = 'personal';
/** Apps that are asked at the same time. Fly limits requests by app, not by organization. */
const APPS_AT_ONCE = 8;

/**
 * Every environment in the organizations that the token reaches, or in `FLY_ORG` alone when that is set. One is what carries our mark
 * (decision 0011). Takes three requests for an organization, one for each environment (its addresses), and one for each app that has
 * no machine, for its mark. What cannot be read is told; rejects when no organization can be.
 */
export function createEnvironments(openApi: OpenApi): (context: OperationContext) => Promise<EnvironmentListing> {
  return async (context) => {
    const api = await openApi(context);
    const organizations = await organizationsOf(api, context);
    const reads = await inParallel(organizations, 4, async (name) => ({
      name,
      read: await attempt(listOrganization(api, name, context)),
    }));
    const failures = reads.flatMap(({ name, read }) => (read.ok ? [] : [{ name, ...read }]));
    if (failures.length === reads.length && failures[0]?.error) throw failures[0].error;
    const listings = reads.flatMap(({ read }) => (read.ok ? [read.value] : []));
    return {
      environments: listings.flatMap(({ environments }) => environments).sort(byName),
      unobserved: [
        ...listings.flatMap(({ unobserved }) => unobserved),
        ...failures.map(({ name, reason }) => `The apps of organization ${name} could not be listed. ${reason}`),
      ],
    };
  };
}

async function organizationsOf(api: FlyApi, { env }: OperationContext): Promise<string[]> {
  const { organization } = readEnvironmentDefaults(env);
  if (organization !== null) return [organization];
  const reached = await api.organizations.reached();
  return reached.length === 0 ? [OWN_ORGANIZATION] : reached;
}

async function listOrganization(
  api: FlyApi,
  organization: string,
  context: OperationContext,
): Promise<EnvironmentListing> {
  const view = await readOrganization(api, organization, context);
  const looks = await inParallel(view.apps, APPS_AT_ONCE, (app) => lookAt(api, app, view, context));
  return {
    environments: looks.flatMap(({ environment }) => (environment === null ? [] : [environment])),
    unobserved: [...view.gaps, ...looks.flatMap(({ unobserved }) => unobserved)],
  };
}

interface Look {
  /** `null` = not ours, as far as could be read. */
  environment: ListedEnvironment | null;
  unobserved: string[];
}

async function lookAt(api: FlyApi, app: WireApp, view: OrganizationView, context: OperationContext): Promise<Look> {
  const unobserved: string[] = [];
  const noted = <T>(what: string, read: Read<T>): Read<T> => {
    if (!read.ok) unobserved.push(`The ${what} of app ${app.name} could not be read. ${read.reason}`);
    return read;
  };
  const [machines, volumes] = await Promise.all([view.machinesOf(app), view.volumesOf(app)]);
  const isMarked = machines.ok && markedMachines(machines.value.map(toMachineData), app.name).length > 0;
  // Machines of others, and nothing of what we leave behind: somebody else's app.
  if (!isMarked && machines.ok && machines.value.length > 0 && !hasHomeVolume(volumes))
    return { environment: null, unobserved };
  const secrets = isMarked ? null : await attempt(api.secrets.list(app.name));
  const carriesMark = isMarked || (secrets?.ok === true && hasMark(secrets.value));
  const askedForHere = !carriesMark && (await wasAskedForHere(context, app.name, app));
  if (!carriesMark && !askedForHere) {
    // An app that an earlier version has made may carry its mark at the machine alone.
    if (!machines.ok) noted('machines', machines);
    if (secrets !== null) noted('secrets', secrets);
    return { environment: null, unobserved };
  }
  const ips = noted('addresses', await attempt(api.ips.list(app.name)));
  // What this computer remembers is a proof only while nothing is in the app.
  if (
    !carriesMark &&
    ![machines, volumes, secrets, ips].every((read) => read?.ok === true && read.value.length === 0)
  ) {
    return { environment: null, unobserved };
  }
  const environment = listedEnvironment({
    app: toAppData(app),
    machines: opened(noted('machines', machines), (all) => all.map(toMachineData)),
    volumes: opened(noted('volumes', volumes), (all) => all),
    ips: opened(ips, toIpsData),
  });
  return { environment, unobserved };
}

function opened<T, D>(read: Read<T>, toData: (value: T) => D): Observed<D> {
  return read.ok
    ? { status: 'present', owned: true, data: toData(read.value) }
    : { status: 'unobserved', reason: read.reason };
}

function hasHomeVolume(volumes: Read<WireVolume[]>): boolean {
  return (
    volumes.ok &&
    volumes.value.some((volume) => [homeVolumeName, secondVolumeName].includes(volume.name) && isLivingVolume(volume))
  );
}

function byName(a: ListedEnvironment, b: ListedEnvironment): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
