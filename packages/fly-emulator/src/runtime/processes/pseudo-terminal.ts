import { closeSync, constants, openSync, readSync } from 'node:fs';
import type { Socket } from 'node:net';
import { rememberTerminal } from './open-terminals.js';

const nodePty = () => require('@lydell/node-pty') as unknown as NodePty;

/** `open` is exported by node-pty, and left out of its types. */
interface NodePty {
  open(options: { cols: number; rows: number; encoding: null }): {
    readonly master: Socket;
    readonly slave: Socket;
    readonly fd: number;
    readonly ptsName: string;
    resize(columns: number, rows: number): void;
  };
}

/** A terminal pair: programs use `path`, this side reads what they print and writes what is typed. */
export interface PseudoTerminal {
  /** Device of the programs' side. */
  readonly path: string;
  /** Bytes both ways. Does not end while the terminal is open, whoever leaves it. */
  readonly stream: Socket;
  resize(columns: number, rows: number): void;
  /** Everything printed and not yet read from `stream`; reading goes on from here no more. */
  drain(): Buffer;
  /** Closes this side: what still runs on the terminal is hung up. */
  close(): void;
}

/**
 * Opens a terminal. Throws when this computer has none to give.
 *
 * Programs are not started with node-pty's own `spawn`: it takes the last program's leaving for the end of the output, and what
 * the kernel still holds then is lost (libuv reports a hang-up after a short read as the end, and terminals always read short).
 */
export function openTerminal(size: { columns: number; rows: number }): PseudoTerminal {
  const pair = loadNodePty().open({ cols: size.columns, rows: size.rows, encoding: null });
  // As long as somebody has it open there is no hang-up.
  const held = openSync(pair.ptsName, constants.O_RDWR | constants.O_NOCTTY);
  pair.slave.destroy();
  pair.master.pause();
  pair.master.on('error', () => {});
  pair.master.once('close', rememberTerminal(pair.fd));
  let open = true;
  let holding = true;
  const letGo = (): void => {
    if (holding) closeSync(held);
    holding = false;
  };
  return {
    path: pair.ptsName,
    stream: pair.master,
    resize(columns, rows) {
      if (open) pair.resize(columns, rows);
    },
    drain() {
      if (!open) return Buffer.alloc(0);
      pair.master.pause();
      letGo();
      const parts: Buffer[] = [];
      for (let part: unknown; (part = pair.master.read()) !== null;) if (Buffer.isBuffer(part)) parts.push(part);
      return Buffer.concat([...parts, ...readRest(pair.fd)]);
    },
    close() {
      open = false;
      letGo();
      pair.master.destroy();
    },
  };
}

function loadNodePty(): NodePty {
  try {
    return nodePty();
  } catch {
    throw new Error(
      `This emulator has no terminals on ${process.platform}-${process.arch}: @lydell/node-pty has no binary for it. ` +
        'Run a command without a terminal instead (ssh -T).',
    );
  }
}

/** Reads until the kernel has nothing more: an error, either because all have left (EIO) or because others stay (EAGAIN). */
function readRest(fd: number): Buffer[] {
  const parts: Buffer[] = [];
  const buffer = Buffer.alloc(64 * 1024);
  try {
    for (let length = readSync(fd, buffer); length > 0; length = readSync(fd, buffer)) {
      parts.push(Buffer.from(buffer.subarray(0, length)));
    }
  } catch {
    // The end.
  }
  return parts;
}
