import { REGIONS } from '../../platform/regions.js';
import type { AppRecord, MachineRecord, WireGuardPeerRecord } from '../../records.js';
import { RecordType, ResponseCode, type Answer, type Question } from './message.js';

/** What one network has names for. Whoever asks is in it; nothing of another network exists for him. */
export interface ZoneWorld {
  apps(): AppRecord[];
  /** Those of an app that exist. */
  machines(app: string): MachineRecord[];
  peers(): WireGuardPeerRecord[];
  /** Address of the gateway. */
  gateway: string;
  /** Where the gateway stands that whoever asks has come by. */
  region: string;
  /** The public key of the authority for SSH certificates, as an `authorized_keys` line. */
  sshAuthority(): string;
}

/** What there is to say about a name: it exists, even where both are empty. */
interface Found {
  addresses?: string[];
  text?: string;
}

/** Peers of flyctl's own making, one for each tunnel, would crowd the list. */
const HIDDEN_PEER = /^interactive-/;

/** What the name server of a network says (docs: private networking). Only machines that are started have addresses. */
export function answerOf(world: ZoneWorld, { name, type }: Question): Answer {
  const labels = name.split('.');
  const top = labels.pop();
  // Fly also looks up public names. Nothing here asks anybody outside of this computer.
  if (top !== 'internal' && top !== 'flycast') return { code: ResponseCode.refused, values: [] };
  const found = top === 'internal' ? internal(world, labels) : flycast(world, labels);
  if (!found) return { code: ResponseCode.noSuchName, values: [] };
  const { addresses = [], text = '' } = found;
  if (type === RecordType.aaaa) return { code: ResponseCode.success, values: addresses };
  return { code: ResponseCode.success, values: type === RecordType.txt && text !== '' ? [text] : [] };
}

function internal(world: ZoneWorld, labels: string[]): Found | null {
  const name = labels.join('.');
  switch (name) {
    case '_api':
      return { addresses: [world.gateway] };
    case '_apps':
      return list(world.apps().map((app) => app.name));
    case '_peer':
      return list(
        world
          .peers()
          .map((peer) => peer.name)
          .filter((peer) => !HIDDEN_PEER.test(peer)),
      );
    case '_orgcert':
      return { text: world.sshAuthority() };
    case '_instances':
      return instances(allMachines(world).filter(isStarted));
    case 'all._instances':
      return instances(allMachines(world));
  }
  const last = labels.pop();
  if (last === '_peer') {
    const peer = world.peers().find((candidate) => candidate.name.toLowerCase() === labels.join('.'));
    return peer ? { addresses: [peer.ip] } : null;
  }
  const app = world.apps().find((candidate) => candidate.name === last);
  return app ? ofApp(world, world.machines(app.name), labels) : null;
}

function ofApp(world: ZoneWorld, all: MachineRecord[], labels: string[]): Found | null {
  const started = all.filter(isStarted);
  const [first = ''] = labels;
  const nearest = /^top([1-9]\d{0,3})$/.exec(first);
  switch (labels.slice(1).join('.')) {
    case '':
      if (labels.length === 0 || first === 'global') return addressesOf(started);
      if (first === 'vms') return list(started.map(withRegion));
      if (first === 'regions') return list(regionsOf(started));
      if (REGIONS.some(({ code }) => code === first))
        return addressesOf(started.filter(({ region }) => region === first));
      return null;
    case 'vms':
      return first === 'all' ? list(all.map(withRegion)) : null;
    case 'regions':
      return first === 'all' ? list(regionsOf(all)) : null;
    case 'vm':
      return all.some(({ id }) => id === first) ? addressesOf(started.filter(({ id }) => id === first)) : null;
    case 'process':
      return addressesOf(started.filter(({ config }) => config.metadata.fly_process_group?.toLowerCase() === first));
    case 'nearest.of':
      return nearest ? addressesOf(byDistance(started, world.region).slice(0, Number(nearest[1]))) : null;
  }
  if (labels.at(-1) !== '_metadata' || labels.at(-2) !== 'kv') return null;
  // The value may have dots of its own, a key cannot be told from it then.
  const key = labels.at(-3) ?? '';
  const value = labels.slice(0, -3).join('.');
  return addressesOf(
    started.filter(({ config }) =>
      Object.entries(config.metadata).some((pair) => pair[0].toLowerCase() === key && pair[1].toLowerCase() === value),
    ),
  );
}

/** The proxy behind these addresses is not modelled; that an app has them is. */
function flycast(world: ZoneWorld, [name = '', ...others]: string[]): Found | null {
  const app = others.length === 0 ? world.apps().find((candidate) => candidate.name === name) : undefined;
  const addresses = app?.ips.filter(({ type }) => type === 'private_v6').map(({ ip }) => ip) ?? [];
  return addresses.length === 0 ? null : { addresses };
}

const allMachines = (world: ZoneWorld): MachineRecord[] => world.apps().flatMap(({ name }) => world.machines(name));
const isStarted = ({ state }: MachineRecord): boolean => state === 'started';
const addressesOf = (machines: MachineRecord[]): Found => ({ addresses: machines.map(({ privateIp }) => privateIp) });
const list = (entries: string[]): Found => ({ text: entries.join(',') });
const withRegion = ({ id, region }: MachineRecord): string => `${id} ${region}`;
const regionsOf = (machines: MachineRecord[]): string[] => [...new Set(machines.map(({ region }) => region))];

/** The form of the list is concluded from older samples (likely). */
function instances(machines: MachineRecord[]): Found {
  const entry = ({ id, app, privateIp, region }: MachineRecord): string =>
    `instance=${id},app=${app},ip=${privateIp},region=${region}`;
  return { text: machines.map(entry).join(';') };
}

/** The nearest first; those of one region in order of their making. */
function byDistance(machines: MachineRecord[], from: string): MachineRecord[] {
  return [...machines].sort((a, b) => distance(from, a.region) - distance(from, b.region));
}

/** Along a great circle, as a fraction of the earth's radius. */
function distance(from: string, to: string): number {
  const [a, b] = [from, to].map((code) => REGIONS.find((region) => region.code === code));
  if (!a || !b) return Infinity;
  const [latitudeA, latitudeB, turn] = [a.latitude, b.latitude, a.longitude - b.longitude].map(
    (degrees) => (degrees * Math.PI) / 180,
  ) as [number, number, number];
  const cosine = Math.sin(latitudeA) * Math.sin(latitudeB) + Math.cos(latitudeA) * Math.cos(latitudeB) * Math.cos(turn);
  return Math.acos(Math.min(1, Math.max(-1, cosine)));
}
