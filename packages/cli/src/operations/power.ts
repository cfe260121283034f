import type { Environment, EnvironmentState } from '@sindri/core';
import { plainCommand, type NextCommand } from '../next-commands.js';
import type { Shell } from '../shell.js';
import { adviseInstead } from './unsupported.js';

export type PowerVerb = 'start' | 'stop' | 'suspend' | 'restart';

export interface PowerOutcome {
  schema: 'sindri.power/1';
  environment: string;
  provider: string;
  /** The only one that was meant; absent = all of them. */
  instance?: string;
  before: EnvironmentState;
  after: EnvironmentState;
}

const titles: Record<PowerVerb, string> = { start: 'Start', stop: 'Stop', suspend: 'Suspend', restart: 'Restart' };

/** `next` spells another command for the same environment. */
export async function power(
  environment: Environment,
  { working }: Pick<Shell, 'working'>,
  verb: PowerVerb,
  { next = plainCommand, instance }: { next?: NextCommand; instance?: string | undefined } = {},
): Promise<PowerOutcome> {
  working(`${titles[verb]} ${instance ?? environment.spec.name}`);
  const which = instance === undefined ? {} : { instance };
  const { before, after } = await environment[verb](which).catch((error: unknown) => {
    throw adviseInstead(error, {
      stop:
        verb === 'restart'
          ? `Its processes end with it alone: ${next('destroy --keep-volumes')}, then ${next('deploy')}`
          : `Keep what is in memory instead: ${next('stop --suspend')}`,
      suspend: `Leave out --suspend: ${next('stop')} ends the processes, and the volume stays.`,
    });
  });
  return {
    schema: 'sindri.power/1',
    environment: environment.spec.name,
    provider: environment.provider.name,
    ...which,
    before,
    after,
  };
}
