/**
 * How a call may be repeated when its outcome is in doubt.
 *
 * - `read`: changes nothing; repeated on anything transient.
 * - `idempotent`: doing it twice is the same as doing it once; repeated like a read.
 * - `unproven`: repeated only when the request certainly had no effect (rate limit, no connection). Everything else is left
 *   to the caller, who can look whether it happened.
 */
export type Repeat = 'read' | 'idempotent' | 'unproven';

/** One call that this provider makes to Fly's APIs. */
export interface Endpoint {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Which host: the Machines API, or the API that serves logs. */
  host: 'machines' | 'api';
  path: string;
  repeat: Repeat;
  /** For messages: "Fly refused to … ". */
  what: string;
}

/** Every call this provider depends on. The emulator is tested against this list. */
export const endpoints = {
  listApps: {
    method: 'GET',
    host: 'machines',
    path: '/v1/apps',
    repeat: 'read',
    what: 'list the apps of organization {organization}',
  },
  listOrgMachines: {
    method: 'GET',
    host: 'machines',
    path: '/v1/orgs/{organization}/machines',
    repeat: 'read',
    what: 'list the machines of organization {organization}',
  },
  listOrgVolumes: {
    method: 'GET',
    host: 'machines',
    path: '/v1/orgs/{organization}/volumes',
    repeat: 'read',
    what: 'list the volumes of organization {organization}',
  },

  getApp: { method: 'GET', host: 'machines', path: '/v1/apps/{app}', repeat: 'read', what: 'read app {app}' },
  createApp: { method: 'POST', host: 'machines', path: '/v1/apps', repeat: 'unproven', what: 'create app {app}' },
  deleteApp: {
    method: 'DELETE',
    host: 'machines',
    path: '/v1/apps/{app}',
    repeat: 'idempotent',
    what: 'delete app {app}',
  },

  listIps: {
    method: 'GET',
    host: 'machines',
    path: '/v1/apps/{app}/ip_assignments',
    repeat: 'read',
    what: 'list the IP addresses of {app}',
  },
  createIp: {
    method: 'POST',
    host: 'machines',
    path: '/v1/apps/{app}/ip_assignments',
    repeat: 'unproven',
    what: 'allocate an IP address for {app}',
  },
  deleteIp: {
    method: 'DELETE',
    host: 'machines',
    path: '/v1/apps/{app}/ip_assignments/{ip}',
    repeat: 'idempotent',
    what: 'release IP address {ip}',
  },

  listSecrets: {
    method: 'GET',
    host: 'machines',
    path: '/v1/apps/{app}/secrets',
    repeat: 'read',
    what: 'list the secrets of {app}',
  },
  setSecrets: {
    method: 'POST',
    host: 'machines',
    path: '/v1/apps/{app}/secrets',
    repeat: 'idempotent',
    what: 'set secrets of {app}',
  },
  setSecret: {
    method: 'POST',
    host: 'machines',
    path: '/v1/apps/{app}/secrets/{name}',
    repeat: 'idempotent',
    what: 'set secret {name} of {app}',
  },
  deleteSecret: {
    method: 'DELETE',
    host: 'machines',
    path: '/v1/apps/{app}/secrets/{name}',
    repeat: 'idempotent',
    what: 'remove secret {name} of {app}',
  },

  listVolumes: {
    method: 'GET',
    host: 'machines',
    path: '/v1/apps/{app}/volumes',
    repeat: 'read',
    what: 'list the volumes of {app}',
  },
  getVolume: {
    method: 'GET',
    host: 'machines',
    path: '/v1/apps/{app}/volumes/{volume}',
    repeat: 'read',
    what: 'read volume {volume}',
  },
  createVolume: {
    method: 'POST',
    host: 'machines',
    path: '/v1/apps/{app}/volumes',
    repeat: 'unproven',
    what: 'create a volume for {app}',
  },
  updateVolume: {
    method: 'PUT',
    host: 'machines',
    path: '/v1/apps/{app}/volumes/{volume}',
    repeat: 'idempotent',
    what: 'change volume {volume}',
  },
  extendVolume: {
    method: 'PUT',
    host: 'machines',
    path: '/v1/apps/{app}/volumes/{volume}/extend',
    repeat: 'idempotent',
    what: 'extend volume {volume}',
  },
  deleteVolume: {
    method: 'DELETE',
    host: 'machines',
    path: '/v1/apps/{app}/volumes/{volume}',
    repeat: 'idempotent',
    what: 'delete volume {volume}',
  },

  listSnapshots: {
    method: 'GET',
    host: 'machines',
    path: '/v1/apps/{app}/volumes/{volume}/snapshots',
    repeat: 'read',
    what: 'list the snapshots of volume {volume}',
  },
  createSnapshot: {
    method: 'POST',
    host: 'machines',
    path: '/v1/apps/{app}/volumes/{volume}/snapshots',
    repeat: 'unproven',
    what: 'take a snapshot of volume {volume}',
  },

  listMachines: {
    method: 'GET',
    host: 'machines',
    path: '/v1/apps/{app}/machines',
    repeat: 'read',
    what: 'list the machines of {app}',
  },
  getMachine: {
    method: 'GET',
    host: 'machines',
    path: '/v1/apps/{app}/machines/{machine}',
    repeat: 'read',
    what: 'read machine {machine}',
  },
  createMachine: {
    method: 'POST',
    host: 'machines',
    path: '/v1/apps/{app}/machines',
    repeat: 'unproven',
    what: 'create a machine for {app}',
  },
  updateMachine: {
    method: 'POST',
    host: 'machines',
    path: '/v1/apps/{app}/machines/{machine}',
    repeat: 'unproven',
    what: 'update machine {machine}',
  },
  deleteMachine: {
    method: 'DELETE',
    host: 'machines',
    path: '/v1/apps/{app}/machines/{machine}',
    repeat: 'idempotent',
    what: 'delete machine {machine}',
  },
  startMachine: {
    method: 'POST',
    host: 'machines',
    path: '/v1/apps/{app}/machines/{machine}/start',
    repeat: 'idempotent',
    what: 'start machine {machine}',
  },
  stopMachine: {
    method: 'POST',
    host: 'machines',
    path: '/v1/apps/{app}/machines/{machine}/stop',
    repeat: 'idempotent',
    what: 'stop machine {machine}',
  },
  restartMachine: {
    method: 'POST',
    host: 'machines',
    path: '/v1/apps/{app}/machines/{machine}/restart',
    // Twice would end the processes twice.
    repeat: 'unproven',
    what: 'restart machine {machine}',
  },
  suspendMachine: {
    method: 'POST',
    host: 'machines',
    path: '/v1/apps/{app}/machines/{machine}/suspend',
    repeat: 'idempotent',
    what: 'suspend machine {machine}',
  },
  waitMachine: {
    method: 'GET',
    host: 'machines',
    path: '/v1/apps/{app}/machines/{machine}/wait',
    repeat: 'read',
    what: 'wait for machine {machine}',
  },
  execMachine: {
    method: 'POST',
    host: 'machines',
    path: '/v1/apps/{app}/machines/{machine}/exec',
    repeat: 'unproven',
    what: 'run a command in machine {machine}',
  },
  listEvents: {
    method: 'GET',
    host: 'machines',
    path: '/v1/apps/{app}/machines/{machine}/events',
    repeat: 'read',
    what: 'read what happened to machine {machine}',
  },
  patchMetadata: {
    method: 'PATCH',
    host: 'machines',
    path: '/v1/apps/{app}/machines/{machine}/metadata',
    repeat: 'idempotent',
    what: 'write metadata of machine {machine}',
  },

  getLease: {
    method: 'GET',
    host: 'machines',
    path: '/v1/apps/{app}/machines/{machine}/lease',
    repeat: 'read',
    what: 'read the lease of machine {machine}',
  },
  acquireLease: {
    method: 'POST',
    host: 'machines',
    path: '/v1/apps/{app}/machines/{machine}/lease',
    repeat: 'unproven',
    what: 'take the lease of machine {machine}',
  },
  releaseLease: {
    method: 'DELETE',
    host: 'machines',
    path: '/v1/apps/{app}/machines/{machine}/lease',
    repeat: 'idempotent',
    what: 'release the lease of machine {machine}',
  },

  listRegions: {
    method: 'GET',
    host: 'machines',
    path: '/v1/platform/regions',
    repeat: 'read',
    what: 'list the regions',
  },
  listPlacements: {
    method: 'POST',
    host: 'machines',
    path: '/v1/platform/placements',
    // It only looks.
    repeat: 'read',
    what: 'ask which regions have room',
  },
  currentToken: {
    method: 'GET',
    host: 'machines',
    path: '/v1/tokens/current',
    repeat: 'read',
    what: 'ask whose token this is',
  },
  startSignIn: {
    method: 'POST',
    host: 'api',
    path: '/api/v1/cli_sessions',
    repeat: 'unproven',
    what: 'begin a sign-in',
  },
  redeemSignIn: {
    method: 'POST',
    host: 'api',
    path: '/api/v1/cli_sessions/{session}/redeem',
    // A second one for the same code is refused.
    repeat: 'unproven',
    what: 'finish the sign-in',
  },
  readSignIn: {
    method: 'GET',
    host: 'api',
    path: '/api/v1/cli_sessions/{session}',
    repeat: 'read',
    what: 'ask how the sign-in goes',
  },
  readLogs: {
    method: 'GET',
    host: 'api',
    path: '/api/v1/apps/{app}/logs',
    repeat: 'read',
    what: 'read the logs of {app}',
  },
} as const satisfies Record<string, Endpoint>;

/** The names of {@link endpoints}. */
export type EndpointName = keyof typeof endpoints;
