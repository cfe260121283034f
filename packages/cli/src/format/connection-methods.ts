import type { ConnectionMethod } from '@sindri/core';

/** `providers`: whose it is, when there are several to choose from. */
type ShownMethod = ConnectionMethod & { providers?: readonly string[] };

/** `dedicated  SSH to the dedicated address; needs a dedicated IPv4`, one line each. */
export function formatMethods(methods: readonly ShownMethod[]): string[] {
  const width = Math.max(0, ...methods.map(({ name }) => name.length));
  return describeMethods(methods).map(([name, text]) => `${name.padEnd(width)}  ${text}`);
}

/** The name of each, and what there is to say about it. */
export function describeMethods(methods: readonly ShownMethod[]): [name: string, text: string][] {
  const all = new Set(methods.flatMap(({ providers = [] }) => providers));
  return methods.map(({ name, title, needs, providers = [] }) => {
    const whose = providers.length === all.size ? '' : ` (${providers.join(', ')})`;
    return [name, `${title}${needs === null ? '' : `; needs ${needs}`}${whose}`];
  });
}
