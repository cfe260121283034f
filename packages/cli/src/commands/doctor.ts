import { boolean } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { formatDoctor } from '../format/doctor.js';
import { nextCommand } from '../next-commands.js';
import { doctor, doctorExitCode } from '../operations/doctor.js';

export default class DoctorCommand extends BaseCommand {
  static override summary = 'Check what a deploy needs: Node, config, keys, sign-in, reachability.';
  static override description =
    'Every check that fails says how to repair it. Changes nothing, except that --connect wakes the environment and lets you in, as connect does. ' +
    'Exits 2 when the config is wrong, 4 when sign-in is missing, 3 otherwise.';
  static override examples = [
    { description: 'Is everything ready?', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'And for the local emulator?', command: '<%= config.bin %> <%= command.id %> --local' },
    { description: 'Why can I not get in?', command: '<%= config.bin %> <%= command.id %> --connect' },
    { description: 'In CI, before a deploy', command: '<%= config.bin %> <%= command.id %> --json' },
  ];

  static override flags = {
    connect: boolean({ summary: 'Also go the way in, step by step: what leads there, host key, login, a command.' }),
  };

  async run() {
    return this.perform(DoctorCommand, async ({ flags }, shell) => {
      const next = (words: string) => nextCommand(words, flags);
      const result = await doctor(shell, { ...flags, next }, process.version);
      return { document: result, text: (style) => formatDoctor(result, style), exitCode: doctorExitCode(result) };
    });
  }
}
