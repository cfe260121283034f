import path from 'node:path';
import type { ScaleResult } from '../operations/scale.js';
import type { Style } from '../style.js';
import { formatDeploy, type NextCommands } from './deploy.js';

/** What the config says now, or would, before what a deploy says. */
export function formatScale(result: ScaleResult, style: Style, commands: NextCommands): string {
  const { config, status } = result;
  const deployed = formatDeploy({ ...result, schema: 'sindri.deploy/1', installation: null }, style, commands);
  const name = path.basename(config.file);
  if (config.values.length === 0) return `${name} said so already.\n\n${deployed}`;
  const values = config.values.map(({ path: key, from, to }) => `  ${key}: ${from === null ? '' : `${from} → `}${to}`);
  const title = status === 'planned' ? `${name} would say:` : `${name} says:`;
  return `${style.bold(title)}\n${values.join('\n')}\n\n${deployed}`;
}
