import { hasCode } from './errors.js';
import { completed } from './machines.js';
import { byId, byName, once } from './once.js';
import type { Send } from './send.js';
import type { WireApp, WireMachine, WireTokenInfo, WireVolume } from './types.js';

export interface OrganizationsApi {
  /** The organizations that the token reaches, as far as this API tells: older hosts do not, and then there are none. */
  reached(): Promise<string[]>;
  apps(organization: string): Promise<Listed<WireApp>>;
  /**
   * The machines of all apps in one list, without destroyed ones, of one moment: it may lack what was made just now. Their configs have
   * image, guest and metadata only, and there are no events.
   */
  machines(organization: string): Promise<OrganizationMachines>;
  /** The volumes of all apps in one list; as late as the machines. */
  volumes(organization: string): Promise<Listed<InApp<WireVolume>>>;
}

/** A list that came in pages, each thing once. */
export interface Listed<T> {
  items: T[];
  /** Whether its end was seen; otherwise what is not in it may be there all the same. */
  isWhole: boolean;
}

export type InApp<T> = T & { app_name: string };

export interface OrganizationMachines extends Listed<InApp<WireMachine>> {
  /** Regions that did not answer: their machines are missing. */
  errorRegions: string[];
}

/** Fly gives at most a thousand items in a page, and may give fewer while there are more. */
const MOST_PAGES = 200;

export function organizationsApi(send: Send): OrganizationsApi {
  return {
    async reached() {
      try {
        const reply = await send<{ tokens?: WireTokenInfo[] } | undefined>('currentToken', { params: {} });
        return [...new Set((reply?.tokens ?? []).flatMap(({ org_slug }) => (org_slug ? [org_slug] : [])))].sort();
      } catch (error) {
        if (hasCode(error, 'FLY_NOT_FOUND', 'FLY_ENDPOINT_MISSING', 'FLY_FORBIDDEN')) return [];
        throw error;
      }
    },
    async apps(organization) {
      const params = { organization };
      const { pages, isWhole } = await readPages((cursor) =>
        send<{ apps: WireApp[] | null; next_cursor?: string | null }>('listApps', {
          params,
          query: { org_slug: organization, cursor },
        }),
      );
      const apps = pages.flatMap((page) => page.apps ?? []);
      return { items: once(apps, byName), isWhole };
    },
    async machines(organization) {
      const params = { organization };
      const { pages, isWhole } = await readPages((cursor) =>
        send<{
          machines: InApp<WireMachine>[] | null;
          error_regions?: string[] | null;
          next_cursor?: string | null;
        }>('listOrgMachines', { params, query: { cursor } }),
      );
      const machines = pages
        .flatMap((page) => page.machines ?? [])
        .map((machine) => ({ ...completed(machine), app_name: machine.app_name }));
      return {
        items: once(machines, byId),
        isWhole,
        errorRegions: [...new Set(pages.flatMap(({ error_regions }) => error_regions ?? []))].sort(),
      };
    },
    async volumes(organization) {
      const params = { organization };
      const { pages, isWhole } = await readPages((cursor) =>
        send<{ volumes: InApp<WireVolume>[] | null; next_cursor?: string | null }>('listOrgVolumes', {
          params,
          query: { cursor, summary: 'true' },
        }),
      );
      const volumes = pages.flatMap((page) => page.volumes ?? []);
      return { items: once(volumes, byId), isWhole };
    },
  };
}

/** Pages until there are no more; not whole when they lead back to one that was there, or do not end. */
async function readPages<P extends { next_cursor?: string | null }>(
  read: (cursor: string | undefined) => Promise<P>,
): Promise<{ pages: P[]; isWhole: boolean }> {
  const pages: P[] = [];
  const seen = new Set<string>();
  for (let cursor: string | undefined; ;) {
    const page: P = await read(cursor);
    pages.push(page);
    cursor = page.next_cursor || undefined;
    if (cursor === undefined) return { pages, isWhole: true };
    if (seen.has(cursor) || pages.length >= MOST_PAGES) return { pages, isWhole: false };
    seen.add(cursor);
  }
}
