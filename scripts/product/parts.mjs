// Which part of the product has what. The first part, `sindri`, has what nearly every command needs; the others are loaded when
// something of them is asked for, and share with it what must not be there twice.
import path from 'node:path';
import { root } from '../setup.mjs';

/** What is imported as if it were here, and is in a part of its own. */
const partOf = {
  ssh2: 'ssh2',
  graphql: 'graphql',
  '@sindri/testkit': 'testkit',
  '@sindri/wireguard': 'wireguard',
  [path.join(root, 'packages/fly-emulator/dist/daemon/daemon-main.js')]: 'daemon',
  [path.join(root, 'packages/oci/dist/verification.js')]: 'sigstore',
};

/** Loaded once, from the first part, so that everybody has the same. */
const shared = /^@(oclif|sindri)\/core$/;
const sharing = ['plugins', 'testkit', 'sigstore'];

export const partsElsewhere = (part) => ({
  name: 'parts-elsewhere',
  setup(build) {
    build.onResolve({ filter: /^(part|shared):/ }, ({ path: name }) => ({ path: name, external: true }));
    build.onResolve({ filter: shared }, ({ path: name }) =>
      sharing.includes(part) ? { path: `shared:${name}`, external: true } : undefined,
    );
    build.onResolve(
      { filter: /^ssh2$|^graphql$|^@sindri\/(testkit|wireguard)$|\/daemon-main\.js$|\/verification\.js$/ },
      ({ path: name, importer }) => {
        const own = partOf[name.startsWith('.') ? path.join(path.dirname(importer), name) : name];
        // The daemon is a process of its own, and has everything that it needs at its start.
        if (own === undefined || own === part || (part === 'daemon' && own !== 'graphql')) return undefined;
        return { path: `part:${own}`, external: true };
      },
    );
  },
});
