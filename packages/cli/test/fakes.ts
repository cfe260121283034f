import { PassThrough } from 'node:stream';
import {
  createProviderRegistry,
  createRedactor,
  type ApplyReport,
  type Change,
  type Environment,
  type EnvironmentSummary,
  type Plan,
  type SindriEvent,
} from '@sindri/core';
import type { Shell } from '../src/shell';
import { createStyle } from '../src/style';

export const plain = createStyle(false);

export function change(id: string, rest: Partial<Change> = {}): Change {
  const [type = 'app', name = 'demo'] = id.split(':');
  return {
    id,
    action: 'create',
    resource: { type, name },
    title: `create ${type} ${name}`,
    differences: [],
    impact: ['in-place'],
    monthlyCostDelta: 0,
    dependsOn: [],
    payload: {},
    ...rest,
  };
}

export function plan(changes: Change[], rest: Partial<Plan> = {}): Plan {
  return {
    schema: 'sindri.plan/1',
    environment: 'demo',
    provider: 'fake',
    intent: 'deploy',
    changes,
    notes: [],
    cost: null,
    specHash: 'spec',
    fingerprint: 'print',
    ...rest,
  };
}

export function summary(rest: Partial<EnvironmentSummary> = {}): EnvironmentSummary {
  return {
    environment: 'demo',
    provider: 'fake',
    state: 'running',
    platformState: 'started',
    image: 'ghcr.io/acme/demo:1',
    region: 'sjc',
    addresses: [{ type: 'ssh', value: 'demo.fly.dev', port: 10022, note: 'dedicated IPv6, free' }],
    timestamps: {
      createdAt: '2026-03-01T12:00:00Z',
      startedAt: '2026-03-01T12:00:30Z',
      stoppedAt: null,
      updatedAt: null,
    },
    resources: { memoryMb: 4096, cpus: 2, volumeGb: 30 },
    cost: {
      currency: 'USD',
      monthlyRunning: 25.1,
      monthlyIdle: 4.5,
      items: [{ title: 'volume 30 GB', monthly: 4.5 }],
      pricesAsOf: '2026-02-01',
    },
    idleBehaviour: 'Suspends after some minutes without a connection.',
    details: {},
    ...rest,
  };
}

export function report(rest: Partial<ApplyReport> = {}): ApplyReport {
  return {
    schema: 'sindri.apply/1',
    environment: 'demo',
    provider: 'fake',
    intent: 'deploy',
    status: 'succeeded',
    outcomes: [],
    elapsedMs: 1234,
    ...rest,
  };
}

/** An environment of which only the given members work; `calls` lists the others that were used. */
export function fakeEnvironment(members: Partial<Environment>): Environment & { calls: string[] } {
  const calls: string[] = [];
  const base = {
    spec: { name: 'demo' },
    provider: { name: 'fake', title: 'Fake', capabilities: [] },
    warnings: [],
    file: '/project/sindri.yaml',
    redactor: createRedactor(),
  };
  const recorded = Object.fromEntries(
    Object.entries(members).map(([name, member]) => [
      name,
      typeof member === 'function'
        ? (...args: unknown[]) => {
            calls.push(name);
            return (member as (...args: unknown[]) => unknown)(...args);
          }
        : member,
    ]),
  );
  return { ...base, ...recorded, calls } as unknown as Environment & { calls: string[] };
}

export interface FakeShell extends Shell {
  /** What was said on stderr, line for line. */
  said: string[];
  streamed: [document: object, text: string][];
  updates: unknown[];
  events: SindriEvent[];
  interrupt(reason?: unknown): void;
}

export function fakeShell(rest: Partial<Shell> = {}): FakeShell {
  const controller = new AbortController();
  const said: string[] = [];
  const streamed: [object, string][] = [];
  const updates: unknown[] = [];
  const events: SindriEvent[] = [];
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  return {
    said,
    streamed,
    updates,
    events,
    interrupt: (reason) => controller.abort(reason),
    cwd: '/work',
    env: {},
    signal: controller.signal,
    emit: (event) => events.push(event),
    working: () => undefined,
    redactor: createRedactor(),
    prompts: null,
    say: (text) => said.push(text(plain)),
    stream: (document, text) => streamed.push([document, text(plain)]),
    update: (document) => updates.push(document),
    redraw: () => false,
    handOver: () => undefined,
    takeBack: () => undefined,
    streams: streams as unknown as Shell['streams'],
    providers: () => createProviderRegistry([]),
    importModule: () => Promise.reject(new Error('no modules here')),
    startLocal: () => Promise.reject(new Error('no local platform here')),
    now: () => Date.parse('2026-03-01T12:03:30Z'),
    sleep: () => Promise.resolve(),
    ...rest,
  };
}
