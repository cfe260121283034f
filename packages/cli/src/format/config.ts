import type { InitResult } from '../operations/config-init.js';
import type { RenderResult } from '../operations/config-render.js';
import type { InstallSchemaResult } from '../operations/installed-schema.js';
import type { ValidateResult } from '../operations/config-validate.js';
import { placeWords } from '../commands-in-text.js';
import type { Style } from '../style.js';
import { formatProblem } from './problems.js';

/** `local`: whether the provider has a local emulator. */
export function formatInit(
  { file, name, provider }: InitResult,
  local: boolean,
  style: Style,
  /** As it was given: what is typed next leads to the same file. */
  config?: string,
): string {
  return [
    `${style.green('✓')} Wrote ${file}: ${style.bold(name)} on ${provider}.`,
    '',
    'Next:',
    '  sindri plan      what deploying it would do and cost',
    '  sindri deploy    make it real',
    ...(local ? ['Both take --local: then it runs on this computer, without an account.'] : []),
    '',
    `Completion and checks in your editor: sindri config schema --install${placeWords({ config })}`,
  ].join('\n');
}

export function formatInstalledSchema(
  { file, config, lineAdded, providers }: InstallSchemaResult,
  style: Style,
): string {
  return [
    `${style.green('✓')} Wrote ${file}, with the options of ${[...providers].sort().join(', ')}.`,
    ...(lineAdded ? [`${config} points to it now, in its first line.`] : []),
    'Editors with YAML support complete and check with it. It follows the providers that you install.',
  ].join('\n');
}

export function formatValidate({ valid, file, problems }: ValidateResult, style: Style): string {
  const lines = problems.map((problem) => formatProblem(problem, style));
  const name = file ?? 'The configuration';
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const verdict = valid
    ? `${style.green('✓')} ${name} is valid.`
    : `${style.red('✗')} ${name} has ${errors === 1 ? 'a problem' : `${errors} problems`}.`;
  return [...lines, ...(lines.length === 0 ? [] : ['']), verdict].join('\n');
}

/** One file is printed as it is, ready for `>`; several get a line above each. */
export function formatRender({ artifacts, written }: RenderResult, style: Style): string {
  if (written.length > 0) return written.map((file) => `${style.green('✓')} Wrote ${file}`).join('\n');
  if (artifacts.length === 1) return artifacts[0]?.content ?? '';
  return artifacts.map(({ name, content }) => `# ${name}\n${content.trimEnd()}\n`).join('\n');
}
