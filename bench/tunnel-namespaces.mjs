// Two network namespaces with wireguard-go in each, and wires to us and between them. Needs root and Debian's wireguard-go.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const id = process.pid % 100_000;
const far = `sindri-far-${id}`;
const near = `sindri-near-${id}`;

/** Why the namespaces cannot be had, or `null`. */
export function namespacesMissing() {
  if (process.getuid?.() !== 0) return 'needs root';
  const missing = ['wireguard-go', 'wg', 'ip'].filter(
    (name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0,
  );
  return missing.length === 0 ? null : `needs ${missing.join(', ')}`;
}

/**
 * `far` answers at fdaa:0:2::3 under `keys.far`, to us (`keys.ours`, at 10.231.8.2:51820) and to wireguard-go in `near`. Returns how to
 * run a program in either, and `close`.
 */
export async function openNamespaces(keys) {
  const directory = mkdtempSync(path.join(tmpdir(), 'sindri-bench-'));
  const children = [];
  const ip = (...args) => execFileSync('ip', args, { stdio: 'pipe' });
  const within = (namespace, ...args) => ip('netns', 'exec', namespace, ...args);
  const wire = (namespace, address, name) => {
    within(namespace, 'ip', 'addr', 'add', address, 'dev', name);
    within(namespace, 'ip', 'link', 'set', name, 'up');
  };
  const close = () => {
    for (const child of children) child.kill('SIGKILL');
    for (const namespace of [far, near]) spawnSync('ip', ['netns', 'del', namespace]);
    spawnSync('ip', ['link', 'del', `sb${id}a`]);
    rmSync(directory, { recursive: true, force: true });
  };
  const wireguard = async (namespace, device, privateKey, address, peers) => {
    const keyFile = path.join(directory, device);
    writeFileSync(keyFile, privateKey, { mode: 0o600 });
    children.push(spawn('ip', ['netns', 'exec', namespace, 'wireguard-go', '-f', device], { stdio: 'ignore' }));
    for (let tries = 0; tries < 100; tries += 1) {
      const result = spawnSync('ip', [
        ...['netns', 'exec', namespace, 'wg', 'set', device],
        ...['private-key', keyFile, 'listen-port', '51820', ...peers],
      ]);
      if (result.status === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    within(namespace, 'ip', '-6', 'addr', 'add', address, 'dev', device, 'nodad');
    within(namespace, 'ip', 'link', 'set', device, 'mtu', '1420', 'up');
    within(namespace, 'ip', '-6', 'route', 'add', 'fdaa::/16', 'dev', device);
  };
  try {
    for (const namespace of [far, near]) {
      ip('netns', 'add', namespace);
      within(namespace, 'ip', 'link', 'set', 'lo', 'up');
    }
    ip('link', 'add', `sb${id}a`, 'type', 'veth', 'peer', 'name', `sb${id}b`);
    ip('link', 'add', `sb${id}c`, 'type', 'veth', 'peer', 'name', `sb${id}d`);
    ip('link', 'set', `sb${id}b`, 'netns', far);
    ip('link', 'set', `sb${id}c`, 'netns', far);
    ip('link', 'set', `sb${id}d`, 'netns', near);
    ip('addr', 'add', '10.231.8.1/30', 'dev', `sb${id}a`);
    ip('link', 'set', `sb${id}a`, 'up');
    wire(far, '10.231.8.2/30', `sb${id}b`);
    wire(far, '10.231.8.5/30', `sb${id}c`);
    wire(near, '10.231.8.6/30', `sb${id}d`);
    await wireguard(far, `sw${id}f`, keys.far.privateKey, 'fdaa:0:2::3/128', [
      ...['peer', keys.ours.publicKey, 'allowed-ips', 'fdaa:0:1::/48'],
      ...['peer', keys.near.publicKey, 'allowed-ips', 'fdaa:0:3::/48'],
    ]);
    await wireguard(near, `sw${id}n`, keys.near.privateKey, 'fdaa:0:3::2/128', [
      ...['peer', keys.far.publicKey, 'allowed-ips', 'fdaa:0:2::/48', 'endpoint', '10.231.8.5:51820'],
    ]);
  } catch (error) {
    close();
    throw error;
  }
  return { far: ['ip', 'netns', 'exec', far], near: ['ip', 'netns', 'exec', near], close };
}
