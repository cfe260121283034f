import { BaseCommand } from '../base-command.js';
import { formatDoctor } from '../format/doctor.js';
import { doctor, doctorExitCode } from '../operations/doctor.js';

export default class DoctorCommand extends BaseCommand {
  static override summary = 'Check what a deploy needs: Node, config, keys, sign-in, reachability.';
  static override description =
    'Every check that fails says how to repair it. Changes nothing. Exits 2 when the config is wrong, 4 when sign-in is missing, 3 otherwise.';
  static override examples = [
    { description: 'Is everything ready?', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'And for the local emulator?', command: '<%= config.bin %> <%= command.id %> --local' },
    { description: 'In CI, before a deploy', command: '<%= config.bin %> <%= command.id %> --json' },
  ];

  async run() {
    return this.perform(DoctorCommand, async ({ flags }, shell) => {
      const result = await doctor(shell, flags, process.version);
      return { document: result, text: (style) => formatDoctor(result, style), exitCode: doctorExitCode(result) };
    });
  }
}
