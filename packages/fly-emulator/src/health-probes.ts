import type { Duplex } from 'node:stream';
import { afterOrSoon, type EmulatorClock } from './clock.js';
import type { CheckConfig } from './records.js';
import type { MachineInstance } from './runtime/machine-runtime.js';

export interface ProbeResult {
  ok: boolean;
  output: string;
}

/** Passes when something listens on the port. */
export async function probeTcp(
  instance: MachineInstance,
  port: number,
  timeoutMs: number,
  clock: EmulatorClock,
): Promise<ProbeResult> {
  try {
    const stream = await withTimeout(instance.connect(port), timeoutMs, clock);
    stream.on('error', () => undefined);
    stream.destroy();
    return { ok: true, output: 'Success' };
  } catch (error) {
    return { ok: false, output: `connect: ${messageOf(error)}` };
  }
}

/** Passes on an answer of class 200; redirects are not followed. */
export async function probeHttp(
  instance: MachineInstance,
  port: number,
  check: CheckConfig,
  timeoutMs: number,
  clock: EmulatorClock,
): Promise<ProbeResult> {
  let stream: Duplex | undefined;
  try {
    stream = await withTimeout(instance.connect(port), timeoutMs, clock);
    const method = (check.method ?? 'get').toUpperCase();
    const answer = firstLine(stream);
    stream.write(`${method} ${check.path ?? '/'} HTTP/1.1\r\nhost: localhost:${port}\r\nconnection: close\r\n\r\n`);
    const line = await withTimeout(answer, timeoutMs, clock);
    const status = Number(/^HTTP\/\d\.\d (\d{3})/.exec(line)?.[1] ?? 0);
    return { ok: status >= 200 && status < 300, output: line };
  } catch (error) {
    return { ok: false, output: `${check.method ?? 'get'} ${check.path ?? '/'}: ${messageOf(error)}` };
  } finally {
    stream?.on('error', () => undefined);
    stream?.destroy();
  }
}

function firstLine(stream: Duplex): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n');
      if (end >= 0) resolve(text.slice(0, end));
    });
    stream.once('error', reject);
    stream.once('close', () => reject(new Error('connection closed')));
  });
}

function withTimeout<T>(promise: Promise<T>, ms: number, clock: EmulatorClock): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const cancel = afterOrSoon(clock, ms, () => reject(new Error(`timeout after ${ms} ms`)));
    promise.then(resolve, reject).finally(cancel);
  });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
