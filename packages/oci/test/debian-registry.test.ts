import { Agent } from 'undici';
import { createRegistryClient, readReference } from '../src/index.js';
import { findProgram, testIfInstalled } from '../../../test/system-component.js';
import { registryProgram, startDebianRegistry } from './support/debian-registry.js';

const dispatcher = new Agent();
const signal = new AbortController().signal;

afterAll(() => dispatcher.close());

testIfInstalled(
  registryProgram,
  "Docker's own registry answers as ours does: sign-in, tags, manifests, referrers",
  async () => {
    const registry = await startDebianRegistry(findProgram(registryProgram) ?? '');
    try {
      const { host, user: ann } = registry;
      const types = 'application/vnd.oci.image';
      const repository = { host, path: 'team/app' };
      const [configText, layerText] = [JSON.stringify({ os: 'linux', architecture: 'amd64' }), 'a layer'];
      const [configDigest, layer] = [
        await registry.blob('team/app', configText),
        await registry.blob('team/app', layerText),
      ];
      const image = {
        schemaVersion: 2,
        mediaType: `${types}.manifest.v1+json`,
        config: { mediaType: `${types}.config.v1+json`, digest: configDigest, size: configText.length },
        layers: [{ mediaType: `${types}.layer.v1.tar`, digest: layer, size: layerText.length }],
      };
      const digest = await registry.manifest('team/app', ['1.0.0'], image);
      const size = JSON.stringify(image).length;
      const platform = { os: 'linux', architecture: 'amd64' };
      const index = {
        schemaVersion: 2,
        mediaType: `${types}.index.v1+json`,
        manifests: [{ mediaType: image.mediaType, digest, size, platform }],
      };
      const newest = await registry.manifest('team/app', ['1.1.0', '1.2.0'], index);
      // The tag by which those are found where a registry has no referrers API.
      await registry.manifest('team/app', [newest.replace(':', '-')], index);

      const client = createRegistryClient({ dispatcher, credentials: async () => ann });
      expect(await client.tags(repository, { signal })).toEqual(['1.0.0', '1.1.0', '1.2.0', newest.replace(':', '-')]);
      const found = await client.manifest(readReference(`${host}/team/app:1.2.0`), { signal });
      expect([found.digest, found.content.manifests?.map((one) => one.platform)]).toEqual([newest, [platform]]);
      const one = await client.manifest(readReference(`${host}/team/app@${digest}`), { signal });
      expect(one.content.layers).toEqual(image.layers);
      expect((await client.blob(repository, configDigest, { signal })).toString()).toBe(configText);
      expect((await client.referrers(repository, newest, { signal })).map((each) => each.digest)).toEqual([digest]);
      expect(await client.referrers(repository, digest, { signal })).toEqual([]);

      const missing = readReference(`${host}/team/app:9`);
      await expect(client.manifest(missing, { signal })).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
      await expect(client.tags({ host, path: 'no/such' }, { signal })).rejects.toMatchObject({
        code: 'IMAGE_NOT_FOUND',
      });
      const strangers = [{ credentials: async () => ({ ...ann, password: 'wrong' }) }, {}];
      for (const stranger of strangers) {
        const other = createRegistryClient({ dispatcher, ...stranger });
        await expect(other.tags(repository, { signal })).rejects.toMatchObject({ kind: 'auth' });
      }
    } finally {
      await registry.stop();
    }
  },
);
