import type { LogLine } from '@sindri/core';
import type { Send } from './send.js';
import type { WireLogEntry, WireLogsReply } from './types.js';

export interface LogsApi {
  /**
   * One page, oldest line first. Without a token: about the last hundred lines. A token is a time in nanoseconds since the
   * epoch, so one can be made up ({@link logTokenSince}).
   */
  page(app: string, request: { token?: string; instance?: string }): Promise<{ lines: LogLine[]; nextToken: string }>;
}

export function logsApi(send: Send): LogsApi {
  return {
    async page(app, { token, instance }) {
      const reply = await send<WireLogsReply | undefined>('readLogs', {
        params: { app },
        query: { next_token: token, instance },
      });
      return { lines: (reply?.data ?? []).map(toLine), nextToken: reply?.meta?.next_token ?? token ?? '' };
    },
  };
}

/** The token that means "from this time on". */
export function logTokenSince(sinceMs: number): string {
  return `${Math.max(0, Math.floor(sinceMs))}000000`;
}

function toLine(entry: WireLogEntry): LogLine {
  const attributes = entry.attributes ?? {};
  return {
    timestamp: attributes.timestamp ?? '',
    source: attributes.meta?.event?.provider ?? 'app',
    level: attributes.level ?? 'info',
    instance: attributes.instance ?? attributes.meta?.instance ?? '',
    message: attributes.message ?? '',
  };
}
