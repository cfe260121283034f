import type { EnvironmentSpec, LogLine, LogRequest, OperationContext } from '@sindri/core';
import type { FlyApi, OpenApi } from './api/client.js';
import { hasCode } from './api/errors.js';
import { logTokenSince } from './api/logs.js';
import { findInstance } from './machine/find-instance.js';
import { notDeployed } from './machine/find-machine.js';
import { desiredNames } from './planner/index.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5_000;
/** Pages to read before following or ending; each has about a hundred lines. Fly keeps about a week. */
const MAX_PAGES = 200;

/**
 * What the app wrote, oldest first: by pages, then (with `follow`) by polling with growing pauses. Throws `FLY_NOT_DEPLOYED`
 * when there is no app, and `FLY_INSTANCE_UNKNOWN` for a machine that is none of the environment's.
 */
export function createLogs(
  openApi: OpenApi,
): (spec: EnvironmentSpec, request: LogRequest, context: OperationContext) => AsyncIterable<LogLine> {
  return async function* logs(spec, request, context) {
    const api = await openApi(context);
    const read = await createReader(api, spec, request.instance);
    const past = await readPast(read, request, spec.name);
    yield* past.lines;
    if (!request.follow) return;

    let token = past.token;
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      await context.clock.sleep(pauseMs, context.signal);
      const page = await read(token);
      token = page.nextToken;
      pauseMs = page.lines.length > 0 ? FIRST_PAUSE_MS : Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS);
      yield* page.lines;
    }
  };
}

/** Reads the page at a token; an empty token is the start. */
type ReadPage = (token: string) => ReturnType<FlyApi['logs']['page']>;

/** Pages of the whole app, or of one machine. */
async function createReader(api: FlyApi, spec: EnvironmentSpec, instance: string | undefined): Promise<ReadPage> {
  const { app } = desiredNames(spec);
  const only = instance === undefined ? {} : { instance: (await findInstance(api, spec, instance)).machine.id };
  return (token) => api.logs.page(app, { ...(token === '' ? {} : { token }), ...only });
}

/** Everything up to now that was asked for, and the token to go on with. */
async function readPast(
  read: ReadPage,
  { sinceMs, tail }: LogRequest,
  environment: string,
): Promise<{ lines: LogLine[]; token: string }> {
  let token = sinceMs === undefined ? '' : logTokenSince(sinceMs);
  let lines: LogLine[] = [];
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await firstPage(read(token), environment);
    const isLast = page.lines.length === 0 || page.nextToken === token || page.nextToken === '';
    lines.push(...page.lines);
    // Only what may still be asked for is kept: a week of logs need not fit into memory.
    if (tail !== undefined && lines.length > tail) lines = lines.slice(lines.length - tail);
    token = page.nextToken === '' ? token : page.nextToken;
    if (isLast) break;
  }
  const since = sinceMs === undefined ? lines : lines.filter(({ timestamp }) => !isBefore(timestamp, sinceMs));
  return { lines: tail === 0 ? [] : since, token };
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
