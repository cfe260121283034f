import type { ProviderListing, ProviderListResult } from '../operations/providers.js';
import type { Style } from '../style.js';

export function formatProviderList({ providers }: ProviderListResult, style: Style): string {
  if (providers.length === 0) return 'No provider is installed. Install one: sindri plugins install <package>';
  return providers.map((provider) => formatProvider(provider, style)).join('\n\n');
}

function formatProvider(listing: ProviderListing, style: Style): string {
  const { name, title, apiVersion, origin, capabilities, local, problem } = listing;
  const lines = [`${style.bold(name)}${title === null ? '' : `  ${title}`}`];
  lines.push(`  ${style.dim('from')}      ${origin} (contract version ${apiVersion})`);
  if (capabilities !== null)
    lines.push(`  ${style.dim('can')}       ${capabilities.join(', ') || 'nothing beyond the required'}`);
  if (local) lines.push(`  ${style.dim('--local')}   yes`);
  if (problem !== null) {
    lines.push(`  ${style.red('problem')}   ${problem.message}`);
    if (problem.hint !== undefined) lines.push(`            ${problem.hint}`);
    lines.push(`            ${style.dim(`Code: ${problem.code}`)}`);
  }
  return lines.join('\n');
}
