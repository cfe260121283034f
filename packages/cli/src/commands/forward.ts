import { connectedInstanceFlag } from '../flags.js';
import { PortsCommand } from '../ports-command.js';

export default class ForwardCommand extends PortsCommand {
  static override summary = 'Make ports of the environment reachable on this computer, until Ctrl-C.';
  static override description =
    'Wakes a sleeping environment. Listens on 127.0.0.1 and ::1 only. Says that it is ready once every port is bound and the environment was reached.';
  static override usage = ['<%= command.id %> [LOCAL:]REMOTE...'];
  static override examples = [
    { description: 'The web server on port 3000', command: '<%= config.bin %> <%= command.id %> 3000' },
    { description: 'Two ports, one under another number', command: '<%= config.bin %> <%= command.id %> 3000 8080:80' },
  ];
  static override flags = { instance: connectedInstanceFlag };
  // The framework looks at the class itself only, not at what it extends.
  static override strict = false;

  async run() {
    return this.carry(ForwardCommand);
  }
}
