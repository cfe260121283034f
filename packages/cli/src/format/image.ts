import type { PlannedImage } from '@sindri/core';
import type { ImageResult } from '../operations/image.js';
import type { ImageInspectResult, ImageListResult } from '../operations/image-registry.js';
import type { Style } from '../style.js';
import { plainText } from '../terminal/outside-text.js';
import { formatTable } from './table.js';

/** The image of a plan: what it is, and who stands for it. */
export function formatPlannedImage(image: PlannedImage, style: Style): string {
  const { asked, repository, tag, digest, verification, verified } = image;
  const name = tag === null ? repository : `${repository}:${tag}`;
  const why = asked === name || digest === null ? '' : style.dim(`  for ${plainText(asked)}`);
  const lines = [`Image: ${plainText(name)}${why}`];
  if (digest !== null) lines.push(`       ${digest}`);
  const { signer, provenance } = verified ?? {};
  if (signer) lines.push(`       ${style.green('signed')} by ${plainText(signer.identity)}`);
  if (provenance) {
    const from = provenance.source === null ? '' : ` from ${plainText(provenance.source)}`;
    lines.push(`       ${style.green('built')}${from} by ${plainText(provenance.signer.identity)}`);
  }
  if (verification === 'skipped') lines.push(`       ${style.magenta('not verified')}`);
  return lines.join('\n');
}

/** The answer of `image resolve`, `image verify` and `image outdated`. */
export function formatImage(result: ImageResult, style: Style): string {
  const { environment, image, locked, outdated } = result;
  if (image === null) {
    return `${style.bold(environment)}: no registry is asked: the image is built from source, or this is a local emulator, which runs one of its own.`;
  }
  const lines = [formatPlannedImage(image, style)];
  if (outdated === null) lines.push('sindri.lock knows nothing of it yet: it is written by a deploy.');
  else if (locked !== null && outdated) {
    lines.push(
      `${style.magenta('Newer')} than at the last deploy, when it was ${plainText(locked.reference)}`,
      `       ${locked.digest}`,
    );
  } else lines.push('The same as at the last deploy.');
  return lines.join('\n');
}

const SHOWN = 40;

/** The tags of a repository, the highest versions first. */
export function formatImageList({ repository, tags }: ImageListResult, style: Style, all: boolean): string {
  if (tags.length === 0) return `${style.bold(plainText(repository))} has no tag.`;
  const shown = all ? tags : tags.slice(0, SHOWN);
  const rest = tags.length - shown.length;
  return [
    style.bold(plainText(repository)),
    ...shown.map(({ tag }) => `  ${plainText(tag)}`),
    ...(rest === 0 ? [] : [style.dim(`  and ${rest} more: --all shows them`)]),
  ].join('\n');
}

export function formatImageInspect({ image }: ImageInspectResult, style: Style): string {
  const rows: [string, string][] = [
    ['Digest', image.digest],
    ['Platforms', image.platforms.join(', ') || 'not said'],
    ['Size', `${Math.round(image.bytes / 1024 / 1024)} MB`],
    ['Created', image.createdAt ?? 'not said'],
    ['Attached', image.attached.join(', ') || 'nothing'],
    ...Object.entries(image.labels).map(([name, value]): [string, string] => [name, value]),
  ];
  return [
    style.bold(plainText(image.reference)),
    formatTable(
      rows,
      [
        { title: '', text: ([title]) => plainText(title), paint: (text) => style.dim(text) },
        { title: '', text: ([, value]) => plainText(value) },
      ],
      style,
    ).replace(/^\s*\n/, ''),
  ].join('\n');
}
