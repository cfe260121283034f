import { BaseCommand } from '../base-command.js';
import { readForward } from '../operations/forward-ports.js';
import { forward } from '../operations/forward.js';
import { openFor } from '../operations/open.js';
import { watchNeedsLines } from '../operations/watch-flags.js';
import { coreError } from '../error.js';

export default class ForwardCommand extends BaseCommand {
  static override summary = 'Make ports of the environment reachable on this computer, until Ctrl-C.';
  static override description =
    'Wakes a sleeping environment. Listens on 127.0.0.1 and ::1 only. Says that it is ready once every port is bound and the environment was reached.';
  static override usage = ['<%= command.id %> [LOCAL:]REMOTE...'];
  static override examples = [
    { description: 'The web server on port 3000', command: '<%= config.bin %> <%= command.id %> 3000' },
    { description: 'Two ports, one under another number', command: '<%= config.bin %> <%= command.id %> 3000 8080:80' },
  ];
  static override strict = false;

  async run() {
    return this.perform(ForwardCommand, async ({ flags, argv }, shell) => {
      watchNeedsLines(flags, 'forward');
      const ports = (argv as string[]).map(readForward);
      if (ports.length === 0) {
        const hint = `For example: ${this.config.bin} forward 3000`;
        throw coreError({ code: 'USAGE', kind: 'usage', message: 'Which port?', hint });
      }
      return forward(await openFor(shell, flags), shell, ports, flags);
    });
  }
}
