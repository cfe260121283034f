import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { claimAddressPrefix, gatewayHost } from './address-prefix.js';
import { ADMIN_PREFIX, createAdminExchange } from './admin/admin-exchange.js';
import { createAdminDoors } from './admin/doors.js';
import { takeSnapshot } from './admin/snapshot.js';
import { createApiExchange } from './api-exchange.js';
import { withBuilders } from './builder/builder-machine.js';
import { createAppLogs, LOG_LIMITS } from './app-logs.js';
import { createSystemClock, type VirtualClock } from './clock.js';
import { createEdge } from './edge/edge.js';
import { LOW_PORTS_AT } from './edge/listeners.js';
import type { EmulatorOptions, FlyEmulator } from './emulator-options.js';
import { createFaultEngine } from './faults/fault-control.js';
import { createHealthChecks } from './health-checks.js';
import { startHttpServer, type Exchange } from './http-server.js';
import { createIds } from './ids.js';
import type { JsonObject } from './json.js';
import { createLeases } from './leases.js';
import { createLogFiles } from './logs/log-files.js';
import { createLifecycle } from './lifecycle/lifecycle.js';
import { createMachineEvents } from './lifecycle/machine-events.js';
import { persistStore, readState } from './persistence.js';
import { ensureOrg } from './platform/apps.js';
import { createEdgeHost } from './platform/edge-platform.js';
import { watchVolumeBackups } from './platform/volume-backups.js';
import { watchVolumeGrowth } from './platform/volume-growth.js';
import type { Platform } from './platform/platform.js';
import { createPrivateNetwork } from './private-network/private-network.js';
import { createSshAuthorities, machineConsole } from './private-network/ssh/machine-console.js';
import { createRandom } from './random.js';
import type { MachineRecord, State } from './records.js';
import { createRequestLog } from './request-log.js';
import { createRateLimiter } from './rest/rate-limits.js';
import { createRouter } from './rest/router.js';
import { dial } from './runtime/processes/inside-connection.js';
import { machinesDirectory } from './runtime/processes/leftovers.js';
import { createProcessRuntime } from './runtime/processes/process-runtime.js';
import { createSimulatedRuntime } from './runtime/simulated/simulated-runtime.js';
import { createDiskTrouble } from './state/disk-trouble.js';
import { DEFAULT_SETTINGS, type Settings } from './settings.js';
import { createSignIns } from './sign-ins.js';
import { createStore } from './store.js';
import { createCertificateAuthority, type CertificateAuthority } from './tls/certificate-authority.js';
import { createTokenStore } from './tokens.js';

const DEFAULT_IDLE_TIMEOUT_MS = 300_000;
/** flyctl asks for no others. */
const WIREGUARD_PORT = 51_820;
const WEB_SOCKET_PORT = 443;
/** Real processes that crash at once must not be started again in a tight loop. */
const PROCESS_RESTART_MS = 500;

/**
 * Starts the emulator on 127.0.0.1. Resolves when it listens and when machines of an earlier run (with `stateDir`) are
 * up again. Rejects when the port is taken, or when another emulator uses the same state directory.
 */
export async function startFlyEmulator(options: EmulatorOptions = {}): Promise<FlyEmulator> {
  const { stateDir, seed } = options;
  const kind = options.runtime ?? 'simulated';
  const virtualClock: VirtualClock | null = options.clock && options.clock !== 'real' ? options.clock : null;
  const clock = virtualClock ?? createSystemClock();
  const earlier = stateDir === undefined ? null : readState(stateDir);
  const trouble = createDiskTrouble((line) => process.emitWarning(line, 'EmulatorWarning'));
  const random = createRandom(seed, earlier?.generation ?? 0);
  const ids = createIds(random, clock);
  const prefix = await claimAddressPrefix(random, earlier?.addressPrefix);
  const store = createStore(earlier ?? newState(ids.hex(12), prefix.bytes));
  store.state.generation++;
  const persistence = stateDir === undefined ? null : persistStore(store, stateDir, trouble);
  const scratch = stateDir === undefined ? await mkdtemp(path.join(tmpdir(), 'fly-emulator-')) : null;
  const directory = stateDir ?? (scratch as string);

  const orgs = [...new Set(['personal', ...(options.orgs ?? [])])];
  for (const org of orgs) ensureOrg(store, org);
  const tokens = createTokenStore(store, clock, ids, orgs);
  const token =
    store.state.tokens.find((record) => record.kind === 'personal' && !record.revoked)?.token ??
    tokens.create({ kind: 'personal' });

  const settings: Settings = {
    ...DEFAULT_SETTINGS,
    ...options.settings,
    latency: {
      ...DEFAULT_SETTINGS.latency,
      ...(kind === 'processes' ? { restartMs: PROCESS_RESTART_MS } : {}),
      ...options.latency,
    },
  };
  const faults = createFaultEngine(ids, random);
  const isApp = (name: string): boolean => store.app(name) !== undefined;
  const logFiles = stateDir === undefined ? null : createLogFiles(stateDir, LOG_LIMITS.bytes, isApp, trouble);
  const logs = createAppLogs(clock, ids, isApp, logFiles);
  const processes =
    kind === 'processes'
      ? createProcessRuntime({
          directory: machinesDirectory(directory),
          emulatorId: store.state.emulatorId,
          volumeDirectory: (volumeId) => path.join(directory, 'volumes', volumeId),
          random,
        })
      : null;
  const machines =
    processes ??
    createSimulatedRuntime({
      clock,
      installMs: settings.latency.installMs,
      hostKeySeed: store.state.hostKeySeed,
      origins: store.state.volumeOrigins,
      onOriginsChange: (volumeOrigin) => store.changed({ volumeOrigin }),
    });
  const runtime = withBuilders(machines, { clock, store, tokens, buildMs: settings.latency.buildMs });
  let url = '';
  const apiEnv = (): Record<string, string> => ({ FLY_FLAPS_BASE_URL: url, FLY_API_BASE_URL: url });
  const events = createMachineEvents(clock, ids);
  const authorityOf = createSshAuthorities(store);
  const console = (machine: MachineRecord) => machineConsole(store, clock, authorityOf, machine);
  const lifecycle = createLifecycle({ store, clock, logs, faults, runtime, events, settings, apiEnv, console });
  const checks = createHealthChecks({ lifecycle, clock });
  const leases = createLeases(store, clock, ids);
  const authority = lazy(() => createCertificateAuthority(store.state.hostKeySeed));
  const privateNetwork = createPrivateNetwork({
    store,
    clock,
    ids,
    lifecycle,
    authorityOf,
    connectApi: () => dial('127.0.0.1', Number(new URL(url).port)),
    authority,
    place: {
      address: gatewayHost(prefix.bytes),
      udpPort: options.gatewayPorts?.udp ?? WIREGUARD_PORT,
      webSocketPort: options.gatewayPorts?.webSocket ?? WEB_SOCKET_PORT,
    },
  });
  const platform: Platform = {
    store,
    clock,
    ids,
    random,
    settings,
    tokens,
    signIns: createSignIns(clock, tokens, store),
    leases,
    faults,
    logs,
    lifecycle,
    checks,
    runtime,
    privateNetwork,
  };

  const edge = createEdge({
    host: createEdgeHost(platform),
    certificate: (names) => authority().serverCertificate(names),
    idleTimeoutMs: options.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS,
    ...(options.edgeCheckIntervalMs === undefined ? {} : { checkIntervalMs: options.edgeCheckIntervalMs }),
  });
  const requests = createRequestLog(clock);
  const router = createRouter(platform, options.rateLimits === true ? createRateLimiter(clock) : undefined);
  const adminSecret = randomBytes(32).toString('base64url');
  let aboutEdge: Record<string, string> = {};
  const addresses = (): Record<string, string> => ({ ...apiEnv(), FLY_UIEX_BASE_URL: url, ...aboutEdge });
  const inspect = () => takeSnapshot(platform);
  const api = createApiExchange({
    router,
    log: requests,
    faults,
    clock,
    ids,
    store,
    async commit() {
      const stored = (await persistence?.commit()) ?? true;
      // A port that another program holds is told in the app's log; the API knows nothing of it.
      await edge.ready().catch(() => undefined);
      return stored;
    },
    isWritable: async () => (await persistence?.isWritable()) ?? true,
  });
  const admin = createAdminExchange({
    secret: adminSecret,
    faults,
    requests,
    virtualClock,
    now: () => clock.now(),
    inspect,
    addresses,
    certificateAuthority: () => authority().certificate,
    facts: () => ({
      url,
      runtime: kind,
      pid: process.pid,
      addressPrefix: `127.${prefix.bytes.join('.')}.`,
      gateway: privateNetwork.gateway() as JsonObject | null,
    }),
  });
  const exchange: Exchange = (request) => (request.path.startsWith(`${ADMIN_PREFIX}/`) ? admin(request) : api(request));

  const server = await startHttpServer(options.port ?? 0, exchange).catch(async (error: unknown) => {
    await edge.stop();
    // Nothing is written after the directory may belong to another.
    await persistence?.close();
    await prefix.release();
    if (scratch !== null) await rm(scratch, { recursive: true, force: true });
    throw error;
  });
  url = `http://127.0.0.1:${server.port}`;
  // The directory is ours from here on: whoever comes second finds the address prefix in it.
  await persistence?.commit();
  aboutEdge = await tellAboutEdge(directory, authority);
  await lifecycle.resume();
  await privateNetwork.resume();
  const growth = watchVolumeGrowth(platform);
  const backups = watchVolumeBackups(platform);
  await edge.ready().catch(() => undefined);

  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await server.close();
    await privateNetwork.close();
    await edge.stop();
    checks.close();
    growth.close();
    backups.close();
    await lifecycle.shutdown();
    await processes?.close();
    logs.close();
    await persistence?.close();
    await prefix.release();
    if (scratch !== null) await rm(scratch, { recursive: true, force: true });
  };

  return {
    url,
    token,
    adminSecret,
    env: { ...addresses(), FLY_API_TOKEN: token },
    clock,
    faults,
    requests,
    tokens,
    admin: createAdminDoors(platform),
    edge: { ready: edge.ready, passIdleTime: edge.passIdleTime },
    gateway: () => privateNetwork.gateway(),
    certificateAuthority: () => authority().certificate,
    inspect,
    stop: () => (stopping ??= stop()),
  };
}

/** Puts the certificate of the authority where clients find it, and tells them how the edge differs from Fly's. */
async function tellAboutEdge(
  directory: string,
  authority: () => CertificateAuthority,
): Promise<Record<string, string>> {
  const file = path.join(directory, 'certificate-authority.pem');
  await writeFile(file, authority().certificate, { mode: 0o600 });
  return { FLY_EDGE_CA_FILE: file, FLY_EDGE_LOW_PORTS_AT: String(LOW_PORTS_AT) };
}

/** Made when it is first asked for. */
function lazy<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function newState(emulatorId: string, addressPrefix: [number, number]): State {
  return {
    format: 2,
    epoch: 0,
    emulatorId,
    generation: 0,
    hostKeySeed: randomBytes(32).toString('hex'),
    volumeOrigins: {},
    addressPrefix,
    nextNumericId: 1001,
    orgs: [],
    tokens: [],
    apps: {},
    machines: {},
    volumes: {},
    snapshots: {},
    wireGuardPeers: {},
  };
}
