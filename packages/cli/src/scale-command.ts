import type { Input, ParserOutput } from '@oclif/core/interfaces';
import type { Completed } from './base-command.js';
import { ChangeCommand } from './change-command.js';
import { formatScale } from './format/scale.js';
import { connectCommand } from './next-commands.js';
import { editConfigFile, type EditedConfig } from './operations/edited-config.js';
import { explainSize, scale, sizeEdits, type Size } from './operations/scale.js';

type Values = Record<string, unknown>;

/** A command that sets sizes in the config and deploys it. */
export abstract class ScaleCommand extends ChangeCommand {
  protected override readonly deploys = true;

  protected async scale<F extends Values, B extends Values, A extends Values>(
    input: Input<F, B, A>,
    sizeOf: (call: ParserOutput<F, B, A>) => Size,
  ): Promise<Completed> {
    let edited: EditedConfig | null = null;
    return this.change(input, {
      async open(shell, call) {
        const { config } = call.flags as { config?: string };
        edited = await editConfigFile(shell, config, sizeEdits(sizeOf(call)));
        return { config: { text: edited.text, file: edited.file } };
      },
      explain: (error) => explainSize(error, edited),
      walk: ({ environment, shell, request }) => scale(environment, shell, edited as EditedConfig, request),
      text: (result, style, { environment, request: { next } }) =>
        formatScale(result, style, { connect: connectCommand(environment.provider, next), status: next('status') }),
    });
  }
}
