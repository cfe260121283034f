import type { OperationContext } from '@sindri/core';

/** Steps of an operation, reported one after the other. */
export interface Phases {
  /** Ends the step that runs, if any, as a success, and begins another. */
  begin(phase: string, title: string): void;
  /** Ends the step that runs. */
  end(ok: boolean): void;
}

/** A remark about work under way as the title of a step: with a capital. */
export function sentence(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1);
}

export function createPhases({ emit, clock }: Pick<OperationContext, 'emit' | 'clock'>): Phases {
  let current: { phase: string; startedAt: number } | null = null;
  const end = (ok: boolean): void => {
    if (current === null) return;
    emit({ type: 'phase.finished', phase: current.phase, elapsedMs: clock.now() - current.startedAt, ok });
    current = null;
  };
  return {
    begin(phase, title) {
      end(true);
      current = { phase, startedAt: clock.now() };
      emit({ type: 'phase.started', phase, title });
    },
    end,
  };
}
