import type { Command } from '@oclif/core/command';
import { BaseCommand } from './base-command.js';
import { coreError } from './error.js';
import { readForward } from './operations/forward-ports.js';
import { forward } from './operations/forward.js';
import { openFor } from './operations/open.js';
import { watchNeedsLines } from './operations/watch-flags.js';

/** How a command carries ports of this computer to the environment. */
export interface PortsRequest {
  /** The connection method; absent = as the environment is reached anyway. */
  method?: string;
  /** What stands for no ports at all; absent = somebody must say which. */
  usual?: string;
  /** What a failure means to somebody who typed this command with these ports. */
  advise?(error: unknown, words: readonly string[]): unknown;
}

/** A command whose words are ports, and which carries them until Ctrl-C. */
export abstract class PortsCommand extends BaseCommand {
  protected carry(command: typeof PortsCommand & Command.Class, { method, usual, advise = asItIs }: PortsRequest = {}) {
    return this.perform(command, async ({ flags, argv }, shell) => {
      const name = this.id ?? '';
      watchNeedsLines(flags, name);
      const words = argv.length === 0 && usual !== undefined ? [usual] : (argv as string[]);
      const ports = words.map(readForward);
      if (ports.length === 0) {
        const hint = `For example: ${this.config.bin} ${name} 3000`;
        throw coreError({ code: 'USAGE', kind: 'usage', message: 'Which port?', hint });
      }
      const where = method === undefined ? flags : { ...flags, method };
      const environment = await openFor(shell, flags);
      return forward(environment, shell, ports, where).catch((error: unknown) => {
        throw advise(error, words);
      });
    });
  }
}

function asItIs(error: unknown): unknown {
  return error;
}
