import type { EndpointName } from './endpoints.js';
import {
  anything,
  either,
  listOf,
  listOrNull,
  mapOf,
  matching,
  number,
  object,
  orNull,
  text,
  timeIn,
  wholeNumber,
  withOneOf,
  yesOrNo,
  type Shape,
} from './shape.js';

/** What this provider accepts as the answer of an endpoint. */
export interface AnswerRule {
  /** The least that a success must have: what the code reads, by type. */
  shape: Shape;
  /** The longest body of a success, in bytes. */
  limitBytes: number;
}

const MIB = 1024 * 1024;
const ONE_THING: number = 4 * MIB;
const A_LIST: number = 32 * MIB;
/** Two streams of at most 1 MiB, of which JSON may write each byte with six. */
const OUTPUT: number = 16 * MIB;
/** The longest body of an error, in bytes. */
export const LONGEST_ERROR_BODY: number = MIB;
/** How deep an answer may be nested. Fly's deepest, a machine, has about ten levels. */
export const DEEPEST_ANSWER = 100;

/** Ids go into paths, so they are letters and digits, with a prefix at most: `148e2d1fc76789`, `vol_vjeylkgg6gll0000`. */
const id = matching(/^[0-9A-Za-z][0-9A-Za-z_-]{0,63}$/, 'an id');
const appName = matching(/^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/, 'the name of an app');
const address = matching(/^[0-9A-Fa-f.:]{2,45}$/, 'an IP address');
/** Goes into a header. */
const nonce = matching(/^[\x21-\x7e]{1,200}$/, 'a nonce');

/** Of a sign-in. Goes into a path. */
const sessionId = matching(/^[0-9A-Za-z_-]{1,200}$/, 'an id');

const app = object(
  { name: appName },
  {
    id: text,
    status: text,
    machine_count: number,
    volume_count: number,
    organization: object({}, { name: text, slug: text }),
  },
);

const ip = object({ ip: address }, { region: text, shared: yesOrNo, service_name: text, created_at: text });

const secret = object({ name: text }, { digest: text, created_at: text, updated_at: text });
const secretsVersion = { version: wholeNumber, Version: wholeNumber };

const volumeMembers = { id, name: text, state: text, region: text, size_gb: number };
const volumeDetails = {
  attached_machine_id: text,
  attached_alloc_id: text,
  snapshot_retention: number,
  auto_backup_enabled: yesOrNo,
  encrypted: yesOrNo,
  created_at: text,
  host_status: text,
  block_size: number,
  blocks: number,
  blocks_free: number,
};
const volume = object(volumeMembers, volumeDetails);
const orgVolume = object({ ...volumeMembers, app_name: appName }, volumeDetails);

const snapshot = object({ id }, { status: text, created_at: text, size: number, retention_days: number });

const config = object(
  {},
  {
    image: text,
    env: mapOf(text),
    metadata: mapOf(text),
    guest: object({}),
    init: object({}),
    mounts: listOf(object({}, { volume: text, name: text, path: text })),
    services: listOf(object({}, { ports: listOf(object({})) })),
    schedule: text,
  },
);

const exitEvent = object(
  {},
  {
    exit_code: number,
    guest_exit_code: number,
    guest_signal: number,
    signal: number,
    guest_error: text,
    error: text,
    oom_killed: yesOrNo,
    requested_stop: yesOrNo,
    restarting: yesOrNo,
  },
);

const event = object(
  { type: text },
  {
    timestamp: timeIn(1),
    id: text,
    status: text,
    source: text,
    request: object({}, { exit_event: exitEvent, MonitorEvent: object({}, { exit_event: exitEvent }) }),
  },
);

const leaseMembers = { expires_at: timeIn(1000), owner: text, description: text, version: text };

const machineMembers = {
  name: text,
  region: text,
  instance_id: id,
  version: id,
  private_ip: text,
  created_at: text,
  updated_at: text,
  image_ref: object({}, { registry: text, repository: text, tag: text, digest: text }),
  config,
  incomplete_config: config,
  events: listOf(event),
  checks: listOf(object({ name: text }, { status: text, output: text, updated_at: text })),
  host_status: text,
  cordoned: yesOrNo,
  nonce,
  lease: object({}, leaseMembers),
};

const machine = object({ id, state: text }, machineMembers);
/** What was made tells whose it is; an answer without that is as good as a lost one, and the machine is looked up. */
const madeMachine = object({ id, state: text, config }, machineMembers);
/** Ours are picked from the list by name and region too: one that lacks them would count as absent. */
const listedMachine = object({ id, state: text, name: text, region: text }, machineMembers);

/** Of all apps of an organization, in pages. The configs are shorter than elsewhere. */
const orgMachine = object({ id, state: text, app_name: appName }, machineMembers);
const orgPage = { next_cursor: text };

const heldLease = withOneOf(['nonce', 'owner', 'expires_at', 'version'], object({}, { nonce, ...leaseMembers }));
const ownLease = object({ nonce }, leaseMembers);

const regions = listOf(object({ code: text, name: text }, { deprecated: yesOrNo }));
const placement = object({}, { Region: text, region: text });

const logLine = object(
  {},
  {
    id: text,
    attributes: object(
      {},
      {
        timestamp: text,
        message: text,
        level: text,
        instance: text,
        region: text,
        meta: object({}, { event: object({}, { provider: text }), instance: text }),
      },
    ),
  },
);

/** An answer of GraphQL: what was asked for, or why not. */
const graphql = (data: Record<string, Shape>): Shape =>
  object({}, { data: orNull(object({}, data)), errors: listOrNull(object({}, { message: text })) });
const wireGuardKey = matching(/^[0-9A-Za-z+/]{43}=$/, 'a WireGuard key');
const host = matching(/^[0-9A-Za-z:][0-9A-Za-z.:-]{0,252}$/, 'the name of a host');
const graphId = matching(/^[\x21-\x7e]{1,200}$/, 'an id');

const one = (shape: Shape): AnswerRule => ({ shape, limitBytes: ONE_THING });
const many = (shape: Shape): AnswerRule => ({ shape, limitBytes: A_LIST });
/** A write of which only the status counts, and its effect is looked at afterwards. */
const unread: AnswerRule = one(anything);

/** What a success of each endpoint must look like. A list is a list: `null` in its place would read as "nothing is there". */
export const answerRules: Readonly<Record<EndpointName, AnswerRule>> = {
  listApps: many(object({ apps: listOrNull(app) }, orgPage)),
  listOrgMachines: many(object({ machines: listOrNull(orgMachine) }, { ...orgPage, error_regions: listOf(text) })),
  listOrgVolumes: many(object({ volumes: listOrNull(orgVolume) }, orgPage)),

  getApp: one(app),
  createApp: unread,
  deleteApp: unread,
  createDeployToken: one(object({ token: matching(/^[\x20-\x7e]{1,8192}$/, 'a token') })),

  listIps: many(object({ ips: listOrNull(ip) })),
  createIp: one(ip),
  deleteIp: unread,

  listSecrets: many(object({ secrets: listOrNull(secret) }, secretsVersion)),
  setSecrets: many(object({}, { secrets: listOf(secret), ...secretsVersion })),
  setSecret: one(object({}, secretsVersion)),
  deleteSecret: one(either(object({}, secretsVersion), nothing)),

  listVolumes: many(listOf(volume)),
  getVolume: one(volume),
  createVolume: one(volume),
  updateVolume: unread,
  extendVolume: one(object({}, { needs_restart: yesOrNo })),
  deleteVolume: unread,
  listSnapshots: many(listOf(snapshot)),
  createSnapshot: one(either(object({}, { Msg: object({}, { backup: object({}, { graph_id: text }) }) }), nothing)),

  listMachines: many(listOf(listedMachine)),
  getMachine: one(machine),
  createMachine: one(madeMachine),
  updateMachine: one(machine),
  deleteMachine: unread,
  startMachine: unread,
  stopMachine: unread,
  suspendMachine: unread,
  restartMachine: unread,
  listEvents: many(listOf(event)),
  waitMachine: one(object({}, { ok: isTrue })),
  execMachine: {
    // A command that ends well and says nothing may have every member left out, as Go leaves out what is zero.
    shape: object({}, { exit_code: wholeNumber, exit_signal: wholeNumber, stdout: text, stderr: text }),
    limitBytes: OUTPUT,
  },
  patchMetadata: unread,

  getLease: one(either(object({ data: heldLease }), heldLease)),
  acquireLease: one(either(object({ data: ownLease }), ownLease)),
  releaseLease: unread,

  listRegions: one(either(object({ Regions: regions }), object({ regions }))),
  listPlacements: one(either(object({ Regions: listOrNull(placement) }), object({ regions: listOrNull(placement) }))),
  startSignIn: one(object({ id: sessionId, auth_url: text }, { pkce: yesOrNo })),
  redeemSignIn: one(object({ access_token: text })),
  readSignIn: one(object({}, { access_token: text })),
  currentToken: one(object({}, { tokens: listOf(object({}, { org_slug: text })) })),
  readAppNetwork: one(
    graphql({ app: orNull(object({ organization: object({ id: graphId, slug: text }) }, { network: orNull(text) })) }),
  ),
  addPeer: one(
    graphql({ addWireGuardPeer: orNull(object({ peerip: address, endpointip: host, pubkey: wireGuardKey })) }),
  ),
  removePeer: unread,
  checkPeer: one(graphql({ validateWireGuardPeers: orNull(object({}, { invalidPeerIps: listOrNull(text) })) })),
  listPeers: one(
    graphql({
      organization: orNull(
        object(
          {},
          {
            wireGuardPeers: object(
              {},
              { nodes: listOrNull(object({ name: text, peerip: text }, { region: orNull(text) })) },
            ),
          },
        ),
      ),
    }),
  ),
  issueCertificate: one(graphql({ issueCertificate: orNull(object({ certificate: text })) })),
  readLogs: many(object({ data: listOrNull(logLine) }, { meta: object({}, { next_token: text }) })),
};

function nothing(value: unknown, at: string): string | null {
  return value === undefined ? null : `${at === '' ? 'it' : at} is not empty`;
}

function isTrue(value: unknown, at: string): string | null {
  return value === true ? null : `${at} is not true`;
}
