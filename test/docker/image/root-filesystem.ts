import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { developerUser, homePath } from '../../../packages/image-contract/src/home.js';
import { findProgram } from '../../system-component.js';

/** The programs of this computer that go into the image; BusyBox stands for all others, where its own can do what is needed. */
const PROGRAMS = ['bash', 'dash', 'sshd', 'ssh-keygen', 'chown', 'cp', 'env', 'printenv', 'stat'];
/** What tests and scripts use of BusyBox. An engine with vfs copies each file for each container twice: what nobody uses is left out. */
const APPLETS = (
  '[ awk base64 basename cat chgrp chmod chown chroot clear cmp cp cut date dd df diff dirname du echo egrep env expr false fgrep find ' +
  'getopt grep groups gunzip gzip head hexdump hostname httpd id ip kill killall ln ls md5sum mkdir mkfifo mktemp more mount mv nc nohup ' +
  'nslookup od pgrep pidof pkill printf ps pwd readlink realpath rm rmdir sed seq setsid sha256sum sleep sort stat stty sync tac tail tar ' +
  'tee test timeout top touch tr true tty umount uname uniq unlink uptime usleep wc wget which whoami xargs xxd yes zcat'
).split(' ');
/** Debian's place for it is in no PATH. */
const SFTP_SERVER = '/usr/lib/openssh/sftp-server';
const DEVELOPER_ID = 1001;

const FILES: Readonly<Record<string, string>> = {
  'etc/passwd': [
    'root:x:0:0:root:/root:/bin/bash',
    'sshd:x:100:65534::/run/sshd:/bin/false',
    `${developerUser}:x:${DEVELOPER_ID}:${DEVELOPER_ID}::${homePath}:/bin/bash`,
  ].join('\n'),
  'etc/group': ['root:x:0:', 'tty:x:5:', `${developerUser}:x:${DEVELOPER_ID}:`, 'nogroup:x:65534:'].join('\n'),
  // A key logs in where there is no password, unless the account is locked.
  'etc/shadow': ['root:*:19000:0:99999:7:::', `${developerUser}:*:19000:0:99999:7:::`].join('\n'),
  'etc/nsswitch.conf': 'passwd: files\ngroup: files\nshadow: files\nhosts: files dns',
  'etc/profile': 'for file in /etc/profile.d/*.sh; do [ -r "$file" ] && . "$file"; done',
  'etc/skel/.bashrc': "PS1='\\u@\\h:\\w\\$ '",
  'etc/skel/.profile': '[ -n "$BASH_VERSION" ] && . ~/.bashrc',
  'etc/ssh/sshd_config': [
    'HostKey /etc/ssh/ssh_host_ed25519_key',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin no',
    `AllowUsers ${developerUser}`,
    'MaxAuthTries 3',
    'MaxSessions 3',
    'AcceptEnv SINDRI_*',
    `Subsystem sftp ${SFTP_SERVER}`,
  ].join('\n'),
};

const DIRECTORIES = [
  'alt/home',
  'dev',
  'etc/profile.d',
  'proc',
  'root',
  'run/sshd',
  'sys',
  'tmp',
  'var/empty',
  'var/log',
];
const MERGED = ['bin', 'sbin', 'lib', 'lib64'];

/**
 * Lays a small root file system that keeps the contract of a Sindri image: the user, OpenSSH on 2222, the boot script with its
 * markers. All of it comes from this computer: nothing is downloaded.
 */
export function layRootFilesystem(directory: string): void {
  const at = (file: string): string => path.join(directory, file);
  for (const name of MERGED) {
    mkdirSync(at(`usr/${name}`), { recursive: true });
    symlinkSync(`usr/${name}`, at(name));
  }
  for (const name of DIRECTORIES) mkdirSync(at(name), { recursive: true });
  chmodSync(at('tmp'), 0o1777);
  for (const [file, text] of Object.entries(FILES)) write(at(file), `${text}\n`, file === 'etc/shadow' ? 0o600 : 0o644);
  write(at('docker/scripts/entrypoint.sh'), readFileSync(path.join(__dirname, 'entrypoint.sh'), 'utf8'), 0o755);

  const programs = [...PROGRAMS.map(required), SFTP_SERVER];
  for (const file of new Set([...programs, ...programs.flatMap(librariesOf)])) copy(file, at(file));
  layBusybox(at('usr/bin'));
}

/** The applets under their names, unless a real program has it. The shell is a real one: BusyBox's prefers its own applets to them. */
function layBusybox(bin: string): void {
  const busybox = required('busybox');
  copy(busybox, path.join(bin, 'busybox'));
  const known = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n');
  for (const applet of APPLETS.filter((name) => known.includes(name) && !PROGRAMS.includes(name))) {
    symlinkSync('busybox', path.join(bin, applet));
  }
  symlinkSync('dash', path.join(bin, 'sh'));
}

/** What the dynamic linker loads for a program, under the names by which it asks. */
function librariesOf(program: string): string[] {
  const listed = execFileSync('ldd', [program], { encoding: 'utf8' });
  return [...listed.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm)].map(([, file]) => file ?? '');
}

function required(program: string): string {
  const file = findProgram(program);
  if (file === null) throw new Error(`${program} is not installed`);
  return file;
}

function copy(from: string, to: string): void {
  mkdirSync(path.dirname(to), { recursive: true });
  copyFileSync(realpathSync(from), to);
  chmodSync(to, 0o755);
}

function write(file: string, text: string, mode: number): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text, { mode });
}
