import type { MachineRef, MachineWork } from './work.js';

const LOG_LINES = 20;
const SHOWN_LOG_LINES = 10;

/** What the machine wrote last, oldest first. Best effort: without logs the failure itself still gets told. */
export async function lastLogLines(work: MachineWork, machine: MachineRef): Promise<string[]> {
  try {
    const { lines } = await work.api.logs.page(work.app, { instance: machine.id });
    const own = lines.filter((line) => line.instance === '' || line.instance === machine.id);
    return own.slice(-LOG_LINES).map(({ message }) => message);
  } catch {
    work.context.signal.throwIfAborted();
    return [];
  }
}

/** The end of these lines, for a hint. */
export function quote(lines: readonly string[]): string {
  if (lines.length === 0) return 'It wrote no log lines. `sindri logs` shows what comes later.';
  return [
    'Its last lines (`sindri logs` shows more):',
    ...lines.slice(-SHOWN_LOG_LINES).map((line) => `  ${line}`),
  ].join('\n');
}
