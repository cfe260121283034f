import type { OperationContext } from '../model/context.js';
import { callProvider, callProviderNow } from '../provider/call.js';
import type { LogLine } from '../model/session.js';
import type { Provider } from '../provider/contract.js';
import { abortable } from '../abortable.js';
import { beginOperation, type CallOptions, type OperationHost } from './operation.js';

/** The log lines of an environment, redacted. An abort ends the iteration, as it ends any reading of logs, without an error. */
export async function* followLogs(
  host: OperationHost,
  options: CallOptions,
  provider: Provider,
  open: (context: OperationContext) => AsyncIterable<LogLine>,
): AsyncGenerator<LogLine, void, undefined> {
  if (options.signal?.aborted || host.signal?.aborted) return;
  const operation = beginOperation(host, { name: 'logs' }, options);
  const { signal } = operation.context;
  let lines: AsyncIterator<LogLine> | undefined;
  let failed = false;
  try {
    const reading = callProviderNow(provider, 'logs', () => open(operation.context)[Symbol.asyncIterator]());
    lines = reading;
    for (;;) {
      const next = await abortable(
        callProvider(provider, 'logs', () => reading.next()),
        signal,
      );
      if (next.done === true) break;
      yield host.redactor.value(next.value);
    }
  } catch (error) {
    failed = true;
    const told = operation.fail(error);
    if (!signal.aborted) throw told;
  } finally {
    // Also when the reader has had enough and left the loop.
    if (!failed) operation.succeed();
    operation.release();
    // Not awaited: a provider that hangs in its own clean-up must not hang the reader.
    Promise.resolve(lines?.return?.()).catch(() => undefined);
  }
}
