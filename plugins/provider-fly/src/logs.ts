import {
  isSindriError,
  type EnvironmentSpec,
  type LogLine,
  type LogRequest,
  type OperationContext,
} from '@sindri/core';
import type { FlyApi, OpenApi } from './api/client.js';
import { hasCode } from './api/errors.js';
import { logTokenSince } from './api/logs.js';
import { findInstance } from './machine/find-instance.js';
import { notDeployed } from './machine/find-machine.js';
import { appName } from './planner/index.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5_000;
/** Pages to read before following or ending; each has about a hundred lines. */
const MAX_PAGES = 200;
/** Fly keeps about a week. */
const KEPT_MS = 7 * 24 * 3_600_000;
/** So long a follower tries to read on when Fly does not answer. */
const OUTAGE_MS = 15 * 60_000;

/**
 * What the app, the proxy and the platform wrote, oldest first: by pages, then (with `follow`) by polling with growing pauses. Where lines
 * may be missing a notice `FLY_LOGS_GAP` says so at that place. A follower survives an outage of a quarter of an hour. Throws `FLY_NOT_DEPLOYED`
 * when there is no app, and `FLY_INSTANCE_UNKNOWN` for a machine that is none of the environment's.
 */
export function createLogs(
  openApi: OpenApi,
): (spec: EnvironmentSpec, request: LogRequest, context: OperationContext) => AsyncIterable<LogLine> {
  return async function* logs(spec, request, context) {
    const api = await openApi(context);
    const read = await createReader(api, spec, request.instance);
    const { clock } = context;
    if (request.sinceMs !== undefined && clock.now() - request.sinceMs > KEPT_MS) {
      tellGap(context, `Fly keeps the logs of about a week: what is older is not here.`);
    }
    const past = await readPast(read, request, spec.name);
    if (past.isCut) {
      tellGap(
        context,
        `There are more lines than the ${past.lines.length} read here: some before and after them are missing. Ask for less with --since.`,
      );
    }
    yield* past.lines;
    if (!request.follow) return;

    let token = past.token;
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      await context.clock.sleep(pauseMs, context.signal);
      const page = await readOn(() => read(token), context);
      token = page.nextToken === '' ? token : page.nextToken;
      pauseMs = page.lines.length > 0 ? FIRST_PAUSE_MS : Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS);
      yield* inOrder(page.lines);
    }
  };
}

/** Reads on after a failure that may pass, and tells from when to when nothing could be read. */
async function readOn<T>(read: () => Promise<T>, context: OperationContext): Promise<T> {
  const { clock, signal } = context;
  const since = clock.now();
  for (let failures = 0; ; failures++) {
    try {
      const page = await read();
      if (failures > 0) {
        const from = new Date(since).toISOString();
        const to = new Date(clock.now()).toISOString();
        tellGap(context, `The logs could not be read from ${from} to ${to}. What Fly has kept of it follows.`);
      }
      return page;
    } catch (error) {
      signal.throwIfAborted();
      const mayPass = isSindriError(error) && error.retryable && error.kind !== 'auth';
      if (!mayPass || clock.now() - since >= OUTAGE_MS) throw error;
      await clock.sleep(LONGEST_PAUSE_MS, signal);
    }
  }
}

function tellGap({ emit }: OperationContext, message: string): void {
  emit({ type: 'notice', level: 'warning', code: 'FLY_LOGS_GAP', message });
}

/** Reads the page at a token; an empty token is the start. */
type ReadPage = (token: string) => ReturnType<FlyApi['logs']['page']>;

/** Pages of the whole app, or of one machine. */
async function createReader(api: FlyApi, spec: EnvironmentSpec, instance: string | undefined): Promise<ReadPage> {
  const app = appName(spec);
  const only = instance === undefined ? {} : { instance: (await findInstance(api, spec, instance)).machine.id };
  return (token) => api.logs.page(app, { ...(token === '' ? {} : { token }), ...only });
}

/** Everything up to now that was asked for, and the token to go on with. */
async function readPast(
  read: ReadPage,
  { sinceMs, tail }: LogRequest,
  environment: string,
): Promise<{ lines: LogLine[]; token: string; isCut: boolean }> {
  let isCut = true;
  let token = sinceMs === undefined ? '' : logTokenSince(sinceMs);
  let lines: LogLine[] = [];
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await firstPage(read(token), environment);
    const isLast = page.lines.length === 0 || page.nextToken === token || page.nextToken === '';
    lines = lines.concat(page.lines);
    // Only what may still be asked for is kept: a week of logs need not fit into memory.
    if (tail !== undefined && lines.length > tail) lines = lines.slice(lines.length - tail);
    token = page.nextToken === '' ? token : page.nextToken;
    isCut = !isLast;
    if (isLast) break;
  }
  const since = sinceMs === undefined ? lines : lines.filter(({ timestamp }) => !isBefore(timestamp, sinceMs));
  // Older lines than the newest `tail` are left out on purpose.
  return { lines: tail === 0 ? [] : inOrder(since), token, isCut };
}

/** The app's own lines, the proxy's and the platform's come by different ways: by their times they are one story. */
function inOrder(lines: readonly LogLine[]): LogLine[] {
  const timeOf = ({ timestamp }: LogLine): number => Date.parse(timestamp) || 0;
  return [...lines].sort((a, b) => timeOf(a) - timeOf(b));
}

async function firstPage<T>(page: Promise<T>, environment: string): Promise<T> {
  try {
    return await page;
  } catch (error) {
    if (hasCode(error, 'FLY_NOT_FOUND')) throw notDeployed(environment);
    throw error;
  }
}

function isBefore(timestamp: string, ms: number): boolean {
  const at = Date.parse(timestamp);
  return Number.isFinite(at) && at < ms;
}
