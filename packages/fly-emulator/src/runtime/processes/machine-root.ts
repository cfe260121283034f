import { promises as fs } from 'node:fs';
import path from 'node:path';
import type { BootRequest, MachineConfigView } from '../machine-runtime.js';
import { removeTree } from './file-tree.js';

/** Where a machine's directories are on this computer. */
export interface MachinePlaces {
  /** The machine's `/`. */
  root: string;
  /** `/alt/home/developer`, the home of the image's user. */
  home: string;
  workspace: string;
  /** The directories of mounted volumes. */
  volumes: string[];
  /** The place of a path of the machine. */
  inside(guestPath: string): string;
  /** Text with the places of this computer shown as paths of the machine. */
  shown(text: string): string;
}

/** The home of user `developer` in the Sindri image, and where its volume is mounted. */
export const GUEST_HOME = '/alt/home/developer';

/**
 * Lays out a machine's root directory: empty unless `keepRoot`, volumes linked at their mount paths, home and workspace present,
 * `config.files` written. Rejects when a path leads out of the machine.
 */
export async function prepareRoot(
  root: string,
  request: BootRequest,
  volumeDirectory: (volumeId: string) => string,
): Promise<MachinePlaces> {
  if (!request.keepRoot) await removeTree(root);
  await fs.mkdir(root, { recursive: true, mode: 0o700 });
  const inside = (guestPath: string): string => path.join(root, path.posix.resolve('/', guestPath));

  const volumes: string[] = [];
  const shownAs: [place: string, guestPath: string][] = [[root, '']];
  for (const mount of request.config.mounts ?? []) {
    const directory = volumeDirectory(mount.volume);
    await fs.mkdir(directory, { recursive: true, mode: 0o700 });
    await mountAt(inside(mount.path), directory, root);
    volumes.push(directory);
    shownAs.push([directory, path.posix.resolve('/', mount.path)]);
  }
  const home = inside(GUEST_HOME);
  await fs.mkdir(path.join(home, 'workspace'), { recursive: true });
  const shown = (text: string): string =>
    shownAs.reduce((result, [place, guestPath]) => result.split(place).join(guestPath), text);
  const places = { root, home, workspace: path.join(home, 'workspace'), volumes, inside, shown };
  for (const file of request.config.files ?? []) await writeGuestFile(places, file, request.secrets);
  return places;
}

/** Guest paths inside values of variables that the configuration sets: they must mean something to programs here. */
export function translateGuestPaths(value: string, places: MachinePlaces): string {
  return value
    .split(':')
    .map((part) => (part === GUEST_HOME || part.startsWith(`${GUEST_HOME}/`) ? places.inside(part) : part))
    .join(':');
}

/** A volume shows at its mount path as a link. What the root had there before is hidden by a mount, so it goes. */
async function mountAt(place: string, directory: string, root: string): Promise<void> {
  if (place === root) throw new Error('a volume cannot be mounted at /');
  await removeTree(place);
  await fs.mkdir(path.dirname(place), { recursive: true });
  await fs.symlink(directory, place, 'dir');
}

async function writeGuestFile(
  places: MachinePlaces,
  file: NonNullable<MachineConfigView['files']>[number],
  secrets: Record<string, string>,
): Promise<void> {
  const encoded = file.secret_name === undefined ? file.raw_value : secrets[file.secret_name];
  if (encoded === undefined) throw new Error(`no content for file ${file.guest_path}`);
  const target = places.inside(file.guest_path);
  if (target === places.root) throw new Error(`${file.guest_path} is not a file`);
  await fs.mkdir(path.dirname(target), { recursive: true });
  await requireInside(path.dirname(target), file.guest_path, places);
  // A link at the place itself is replaced, not followed.
  await fs.rm(target, { force: true });
  await fs.writeFile(target, Buffer.from(encoded, 'base64'), { mode: file.mode ?? 0o644 });
  if (file.mode !== undefined) await fs.chmod(target, file.mode & 0o7777);
}

/** A volume may hold links that an earlier life of the machine made; they must not lead a write out of it. */
async function requireInside(directory: string, guestPath: string, places: MachinePlaces): Promise<void> {
  const real = await fs.realpath(directory);
  const allowed = await Promise.all([places.root, ...places.volumes].map((place) => fs.realpath(place)));
  if (allowed.some((place) => real === place || real.startsWith(place + path.sep))) return;
  throw new Error(`${guestPath} leads out of the machine`);
}
