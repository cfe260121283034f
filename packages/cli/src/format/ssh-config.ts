import type { SshConfigResult } from '../operations/ssh-config.js';
import type { Style } from '../style.js';

export function formatSshConfig({ status, host, file, block, include }: SshConfigResult, style: Style): string {
  if (status === 'printed') return block;
  if (status === 'removed') {
    const gone = `${style.green('✓')} ${style.bold(host)} is no SSH name any more.`;
    return include.state === 'removed' ? `${gone}\n  The line in ${include.file} is gone, too.` : gone;
  }
  return [
    `${style.green('✓')} ${file}`,
    ...(include.state === 'added' ? [`${style.green('✓')} ${include.file}: one Include line in front`] : []),
    '',
    `ssh ${host}`,
    `scp notes.txt ${host}:`,
    `rsync -a src/ ${host}:src/`,
  ].join('\n');
}
