const NEIGHBOURS: Readonly<Record<string, readonly string[]>> = {
  ams: ['fra', 'lhr', 'cdg'],
  arn: ['ams', 'fra'],
  cdg: ['ams', 'lhr', 'fra'],
  dfw: ['ord', 'iad', 'lax'],
  ewr: ['iad', 'yyz', 'ord'],
  fra: ['ams', 'cdg', 'lhr'],
  gru: ['iad', 'ewr'],
  iad: ['ewr', 'ord', 'yyz'],
  jnb: ['lhr', 'cdg'],
  lax: ['sjc', 'dfw'],
  lhr: ['ams', 'cdg', 'fra'],
  nrt: ['sin', 'syd'],
  ord: ['ewr', 'iad', 'dfw'],
  sin: ['nrt', 'syd'],
  sjc: ['lax', 'dfw'],
  syd: ['sin', 'nrt'],
  yyz: ['ewr', 'ord', 'iad'],
};

/** Regions to try in place of a full one, as part of a sentence: ` such as ams or fra`. Empty for a region we do not know. */
export function suchAsNear(region: string | undefined): string {
  const list = region === undefined ? undefined : NEIGHBOURS[region];
  return list === undefined ? '' : ` such as ${list.join(' or ')}`;
}
