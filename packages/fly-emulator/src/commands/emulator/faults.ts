import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { EmulatorCommand } from '../../command-line/emulator-command.js';
import { stateDirFlag } from '../../command-line/state-dir-flag.js';
import type { FaultsAnswer } from '../../command-line/answers.js';

export default class EmulatorFaults extends EmulatorCommand {
  static override summary = 'Let the local emulator fail on purpose.';
  static override description =
    'Without an action it lists what can go wrong and what is switched on. `add` switches a fault on, `clear` switches one or all off.';
  static override examples = [
    { description: 'What can go wrong', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'The next machine crashes on boot',
      command: '<%= config.bin %> <%= command.id %> add crash-on-boot --param exitCode=78',
    },
    {
      description: 'Lose the answer to the next create',
      command: '<%= config.bin %> <%= command.id %> add lost-answer --method POST --path "/v1/apps/*/machines"',
    },
    { description: 'Clear all faults', command: '<%= config.bin %> <%= command.id %> clear' },
  ];
  static override args = {
    action: Args.string({ description: 'What to do.', options: ['list', 'add', 'clear'], default: 'list' }),
    name: Args.string({ description: 'A name of the catalogue for add, the id of a fault for clear.' }),
  };
  static override flags = {
    method: Flags.string({ helpValue: 'METHOD', summary: 'Only requests with this method.' }),
    path: Flags.string({
      helpValue: 'PATH',
      summary: 'Only requests with this path; * stands for one segment, ** for any number.',
    }),
    nth: Flags.integer({ helpValue: 'N', summary: 'Only the nth of those requests.', min: 1 }),
    times: Flags.integer({ helpValue: 'N', summary: 'Times it fires; 0 = until cleared.', min: 0 }),
    param: Flags.string({ helpValue: 'NAME=VALUE', summary: 'A parameter of the fault, name=value.', multiple: true }),
    'state-dir': stateDirFlag,
  };

  async run() {
    const { args, flags } = await this.parse(EmulatorFaults);
    const { requireDaemon } =
      require('../../command-line/require-daemon.js') as typeof import('../../command-line/require-daemon.js');
    const { callDaemon } = require('../../daemon/daemon-client.js') as typeof import('../../daemon/daemon-client.js');
    const info = await requireDaemon(this, flags['state-dir']);
    if (args.action === 'clear') {
      await callDaemon(
        info,
        'DELETE',
        args.name === undefined ? '/faults' : `/faults/${encodeURIComponent(args.name)}`,
      );
      this.log(args.name === undefined ? 'No fault is switched on any more.' : `${args.name} is switched off.`);
    } else if (args.action === 'add') {
      if (args.name === undefined)
        this.error(`Which fault? ${this.config.bin} emulator faults lists them.`, { exit: 2 });
      const { method, path, nth, times } = flags;
      const match = { ...(method && { method }), ...(path && { path }), ...(nth && { nth }) };
      const fault = {
        name: args.name,
        ...(Object.keys(match).length > 0 && { match }),
        ...(times !== undefined && { times }),
        params: Object.fromEntries((flags.param ?? []).map(parameter)),
      };
      const answer = await callDaemon(info, 'POST', '/faults', fault).catch((error: Error) =>
        this.error(error.message, { exit: 2 }),
      );
      this.log(`${args.name} is switched on: ${(answer as { id: string }).id}`);
    }
    const faults = (await callDaemon(info, 'GET', '/faults')) as Omit<FaultsAnswer, 'schema'>;
    const answer: FaultsAnswer = { schema: 'sindri.emulator-faults/1', ...faults };
    if (args.action === 'list') this.print(answer);
    return answer;
  }

  private print({ active, catalogue }: FaultsAnswer): void {
    const width = Math.max(...catalogue.map(({ name }) => name.length));
    for (const { name, summary } of catalogue) this.log(`${name.padEnd(width)}  ${summary}`);
    this.log(active.length === 0 ? '\nNone is switched on.' : '\nSwitched on:');
    for (const { id, name, struck, left } of active) {
      this.log(`  ${id}  ${name}, struck ${struck} times, ${left === null ? 'until cleared' : `${left} left`}`);
    }
  }
}

/** `exitCode=78` → a number, `commit=true` → a boolean, `text=hello` → a string. */
function parameter(text: string): [string, string | number | boolean] {
  const [name = '', ...rest] = text.split('=');
  const value = rest.join('=');
  if (value === 'true' || value === 'false') return [name, value === 'true'];
  return [name, /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value];
}
