import type { Input, ParserOutput } from '@oclif/core/interfaces';
import type { Environment, Plan } from '@sindri/core';
import { BaseCommand, type Completed } from './base-command.js';
import {
  changeFlags,
  imagePolicyOf,
  sharedFlags,
  type ChangeFlags,
  type ImageFlags,
  type SharedFlags,
} from './flags.js';
import { nextCommand } from './next-commands.js';
import type { ChangeRequest } from './operations/change.js';
import { offerOwnKey, withVariable } from './operations/offer-own-key.js';
import { openFor, type OpenRequest } from './operations/open.js';
import { openPlanReader } from './operations/plan-reader.js';
import { readPlan } from './operations/plan-file.js';
import type { Shell } from './shell.js';
import type { Style } from './style.js';

type Values = Record<string, unknown>;

/** Everything that a change needs and that no command says itself. */
export interface ChangeCall {
  environment: Environment;
  shell: Shell;
  request: ChangeRequest & Required<Pick<ChangeRequest, 'next'>>;
}

/** What one command adds. */
export interface ChangeSteps<Call, Result> {
  /** What the environment is opened with instead of what the flags say. */
  open?(shell: Shell, call: Call): Promise<Pick<OpenRequest, 'config'>>;
  walk(change: ChangeCall, call: Call): Promise<Result>;
  /** A failure as it is told, where the command knows more about it. */
  explain?(error: unknown): unknown;
  text(result: Result, style: Style, change: ChangeCall): string;
}

/**
 * A command that changes something. Brings `--dry-run`, `--plan`, `--yes`, `--timeout` and `--lock-timeout`; the operation it
 * hands its request to walks the road (`operations/change.ts`).
 */
export abstract class ChangeCommand extends BaseCommand {
  static override baseFlags = { ...sharedFlags, ...changeFlags };
  /** Whether it makes what the config says, so that what cannot be made is told first of all. */
  protected readonly deploys: boolean = false;

  /** {@link BaseCommand.perform} for a change. A command with a flag `image` opens the environment with that image. */
  protected async change<F extends Values, B extends Values, A extends Values, Result extends { plan: Plan }>(
    input: Input<F, B, A>,
    steps: ChangeSteps<ParserOutput<F, B, A>, Result>,
  ): Promise<Completed> {
    const run = async (call: ParserOutput<F, B, A>, shell: Shell) => {
      const flags = call.flags as unknown as SharedFlags &
        ChangeFlags &
        Partial<ImageFlags> & { image?: string; 'from-source'?: boolean; 'env-file'?: string };
      const plan = flags.plan === undefined ? undefined : await readPlan(flags.plan, shell.cwd);
      const more = await steps.open?.(shell, call);
      const open = (from: Shell): Promise<Environment> =>
        openFor(from, {
          ...flags,
          deploys: this.deploys,
          fromSource: flags['from-source'] === true,
          envFile: flags['env-file'],
          images: imagePolicyOf(flags, this.config.version),
          ...more,
        });
      const environment = await open(shell);
      const reader = await openPlanReader(environment, flags.verbose);
      const request = {
        reader,
        dryRun: flags['dry-run'],
        yes: flags.yes,
        plan,
        timeoutMs: flags.timeout,
        lockTimeoutMs: flags['lock-timeout'],
        next: (words: string) => nextCommand(words, flags),
      };
      const change = { environment, shell, request };
      const result = await steps.walk(change, call).catch(async (error: unknown) => {
        const key = this.deploys ? await offerOwnKey(environment, shell, error) : null;
        if (key === null) throw error;
        return steps.walk({ ...change, environment: await open(withVariable(shell, 'AUTHORIZED_KEYS', key)) }, call);
      });
      const shown = { ...result, plan: reader.shown(result.plan) };
      return { document: result, text: (style: Style) => steps.text(shown, style, change) };
    };
    return this.perform(input, (call, shell) =>
      run(call, shell).catch((error: unknown) => {
        throw steps.explain?.(error) ?? error;
      }),
    );
  }
}
