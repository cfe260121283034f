import type { Environment, LogLine, LogRequest } from '@sindri/core';
import { formatLogLine } from '../format/logs.js';
import type { Shell } from '../shell.js';

export interface LogsResult {
  schema: 'sindri.logs/1';
  environment: string;
  provider: string;
  lines: LogLine[];
}

/** Shows lines as they come. Following ends with an interrupt, which is its normal end. */
export async function showLogs(
  environment: Environment,
  shell: Shell,
  request: LogRequest,
  { collect }: { collect: boolean },
): Promise<LogsResult> {
  const lines: LogLine[] = [];
  try {
    for await (const line of environment.logs(request)) {
      if (collect) lines.push(line);
      shell.stream({ type: 'log.line', ...line }, () => formatLogLine(line));
    }
  } catch (error) {
    if (!request.follow || !shell.signal.aborted) throw error;
  }
  return {
    schema: 'sindri.logs/1',
    environment: environment.spec.name,
    provider: environment.provider.name,
    lines,
  };
}
