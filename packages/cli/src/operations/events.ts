import type { Environment, EventsOptions, PastEvent } from '@sindri/core';

export interface EventsResult {
  schema: 'sindri.events/1';
  environment: string;
  provider: string;
  /** Oldest first. */
  events: PastEvent[];
}

/** What happened to the environment. Does not wake it. */
export async function listEvents(environment: Environment, request: EventsOptions): Promise<EventsResult> {
  return {
    schema: 'sindri.events/1',
    environment: environment.spec.name,
    provider: environment.provider.name,
    events: await environment.events(request),
  };
}
