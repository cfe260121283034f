import type { DoctorItem } from '../operations/doctor-item.js';
import type { DoctorResult } from '../operations/doctor.js';
import type { Style } from '../style.js';

/** One line for each check, and what to do about those that are not well. */
export function formatDoctor({ ok, items }: DoctorResult, style: Style): string {
  const areas = [...new Set(items.map(({ area }) => area))];
  const sections = areas.map((area) =>
    [style.bold(area), ...items.filter((item) => item.area === area).map((item) => formatItem(item, style))].join('\n'),
  );
  const failed = items.filter(({ status }) => status === 'failed').length;
  const verdict = ok ? `${style.green('✓')} Ready.` : `${style.red('✗')} ${failed} to repair.`;
  return [...sections, verdict].join('\n\n');
}

function formatItem({ title, status, message, fix }: DoctorItem, style: Style): string {
  const mark = { ok: style.green('✓'), warning: style.magenta('!'), failed: style.red('✗'), skipped: style.dim('-') }[
    status
  ];
  const help = fix === undefined || status === 'ok' ? '' : `\n      ${fix.replaceAll('\n', '\n      ')}`;
  return `  ${mark} ${title}: ${message}${help}`;
}
