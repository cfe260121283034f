import { hasCode } from './errors.js';
import { completed } from './machines.js';
import type { Send } from './send.js';
import type { WireApp, WireMachine, WireTokenInfo, WireVolume } from './types.js';

export interface OrganizationsApi {
  /** The organizations that the token reaches, as far as this API tells: older hosts do not, and then there are none. */
  reached(): Promise<string[]>;
  apps(organization: string): Promise<WireApp[]>;
  /**
   * The machines of all apps in one list, without destroyed ones, of one moment: it may lack what was made just now. Their configs have
   * image, guest and metadata only, and there are no events.
   */
  machines(organization: string): Promise<OrganizationMachines>;
  /** The volumes of all apps in one list; as late as the machines. */
  volumes(organization: string): Promise<InApp<WireVolume>[]>;
}

export type InApp<T> = T & { app_name: string };

export interface OrganizationMachines {
  machines: InApp<WireMachine>[];
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
      const pages = await readPages((cursor) =>
        send<{ apps: WireApp[] | null; next_cursor?: string | null }>('listApps', {
          params,
          query: { org_slug: organization, cursor },
        }),
      );
      return pages.flatMap(({ apps }) => apps ?? []);
    },
    async machines(organization) {
      const params = { organization };
      const pages = await readPages((cursor) =>
        send<{
          machines: InApp<WireMachine>[] | null;
          error_regions?: string[] | null;
          next_cursor?: string | null;
        }>('listOrgMachines', { params, query: { cursor } }),
      );
      return {
        machines: pages
          .flatMap(({ machines }) => machines ?? [])
          .map((machine) => ({ ...completed(machine), app_name: machine.app_name })),
        errorRegions: [...new Set(pages.flatMap(({ error_regions }) => error_regions ?? []))].sort(),
      };
    },
    async volumes(organization) {
      const params = { organization };
      const pages = await readPages((cursor) =>
        send<{ volumes: InApp<WireVolume>[] | null; next_cursor?: string | null }>('listOrgVolumes', {
          params,
          query: { cursor, summary: 'true' },
        }),
      );
      return pages.flatMap(({ volumes }) => volumes ?? []);
    },
  };
}

async function readPages<P extends { next_cursor?: string | null }>(
  read: (cursor: string | undefined) => Promise<P>,
): Promise<P[]> {
  const pages: P[] = [];
  let cursor: string | undefined;
  do {
    const page: P = await read(cursor);
    pages.push(page);
    const next: string | undefined = page.next_cursor || undefined;
    cursor = next === cursor ? undefined : next;
  } while (cursor !== undefined && pages.length < MOST_PAGES);
  return pages;
}
