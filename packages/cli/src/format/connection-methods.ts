import type { ConnectionMethod } from '@sindri/core';

/** `dedicated  SSH to the dedicated address; needs a dedicated IPv4`, one line each. */
export function formatMethods(methods: readonly (ConnectionMethod & { providers?: readonly string[] })[]): string[] {
  const all = new Set(methods.flatMap(({ providers = [] }) => providers));
  const width = Math.max(0, ...methods.map(({ name }) => name.length));
  return methods.map(({ name, title, needs, providers = [] }) => {
    const whose = providers.length === all.size ? '' : ` (${providers.join(', ')})`;
    return `${name.padEnd(width)}  ${title}${needs === null ? '' : `; needs ${needs}`}${whose}`;
  });
}
