import type { NewProviderResult } from '../operations/provider-new.js';
import type { ProviderListing, ProviderListResult } from '../operations/providers.js';
import type { Style } from '../style.js';
import { oneLine } from './one-line.js';

export function formatProviderList({ providers }: ProviderListResult, style: Style): string {
  if (providers.length === 0) return 'No provider is installed. Install one: sindri plugins install <package>';
  return providers.map((provider) => formatProvider(provider, style)).join('\n\n');
}

function formatProvider(listing: ProviderListing, style: Style): string {
  const { name, title, apiVersion, origin, capabilities, local, problem } = listing;
  const lines = [`${style.bold(name)}${title === null ? '' : `  ${title}`}`];
  lines.push(`  from      ${origin} (contract version ${apiVersion})`);
  if (capabilities !== null) lines.push(`  can       ${capabilities.join(', ') || 'nothing beyond the required'}`);
  if (local) lines.push(`  --local   yes`);
  if (problem !== null) {
    lines.push(`  ${style.red('problem')}   ${problem.message}`);
    if (problem.hint !== undefined) lines.push(`            ${problem.hint}`);
    lines.push(`            Code: ${problem.code}`);
  }
  return lines.join('\n');
}

/** What was written, what it cannot do yet, and what to type next. */
export function formatNewProvider({ name, directory, files, missing, next }: NewProviderResult, style: Style): string {
  const honest =
    'It works, and does one thing: it keeps a note in a file. Secrets are refused, images and sizes are ignored, and these ' +
    `capabilities are not there: ${missing.join(', ')}. Each is one member of the provider; the author's guide has a page for each.`;
  return [
    `${style.bold(name)} is in ${directory}:`,
    ...files.map((file) => `  ${file}`),
    '',
    oneLine(honest),
    '',
    'Next:',
    ...next.map((command) => `  ${command}`),
  ].join('\n');
}
