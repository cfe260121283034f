import { isSindriError, toSindriError, type CheckReport, type OperationContext } from '@sindri/core';
import type { OpenEngine } from './client.js';

interface Info {
  ServerVersion: string;
  OSType: string;
  Architecture: string;
  MemoryLimit: boolean;
  CpuCfsQuota: boolean;
}

/** Whether an engine answers, and whether it can hold a container to its memory and CPUs. */
export async function checkEngine(open: OpenEngine, context: OperationContext): Promise<CheckReport> {
  const engineItem = { id: 'engine', title: 'Docker Engine' };
  try {
    const engine = await open(context);
    const info = await engine.call<Info>('GET', '/info');
    const message = `${info.ServerVersion} for ${info.OSType}/${info.Architecture} at ${engine.where}`;
    const limited = info.MemoryLimit && info.CpuCfsQuota;
    return {
      items: [
        { ...engineItem, status: 'ok', message },
        limited
          ? { id: 'limits', title: 'Limits', status: 'ok', message: 'memory and CPUs can be limited' }
          : {
              id: 'limits',
              title: 'Limits',
              status: 'warning',
              message: 'this engine does not limit memory and CPUs',
              fix: 'Use a kernel with cgroups for both, or ignore it.',
            },
      ],
    };
  } catch (error) {
    context.signal.throwIfAborted();
    const { message, hint } = isSindriError(error) ? error : toSindriError(error);
    return { items: [{ ...engineItem, status: 'failed', message, fix: hint ?? 'Start Docker.' }] };
  }
}
