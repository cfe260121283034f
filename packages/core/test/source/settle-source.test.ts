import { openEnvironment } from '../../src/index';
import type { Provider } from '../../src/provider/contract';
import type { SourceReader } from '../../src/model/source';
import { fakeProvider } from '../fake-provider';

const commit = 'c'.repeat(40);
const digest = `sha256:${'d'.repeat(64)}`;
const sources: SourceReader = {
  refs: async () => ({ refs: { 'refs/heads/main': commit, 'refs/tags/v3.2.1': commit }, isPrivate: false }),
  hasCommit: async () => false,
};

const plain = (): Provider => fakeProvider({ things: new Set(), calls: [] });

/** A provider in whose registry every image is that was built. */
const builder = (built: boolean): Provider =>
  fakeProvider(
    { things: new Set(), calls: [] },
    {
      capabilities: ['builds'],
      builds: { repository: ({ name }) => `registry.example/${name}`, digest: () => (built ? digest : null) },
    },
  );

const open = (
  provider: Provider,
  more: Partial<Parameters<typeof openEnvironment>[0]> = {},
  config = `version: "3.0"\nname: demo\ndeployment:\n  provider: ${provider.name}\n  image: a/b:1\n`,
) =>
  openEnvironment({
    config: { text: config },
    providers: [provider],
    env: {},
    stateDir: '/nonexistent',
    sources,
    overrides: { fromSource: true },
    ...more,
  });

describe('a deploy whose image is built from source', () => {
  it('has the commit and its image in the plan, and says whether it is built', async () => {
    const plan = await (await open(builder(false))).plan();
    expect(plan.image).toEqual({
      asked: 'https://github.com/pacphi/sindri.git newest release',
      origin: 'source',
      repository: 'registry.example/demo',
      tag: 'sindri-3.2.1-cccccccccccc',
      digest: null,
      verification: 'not-asked',
      source: { repository: 'https://github.com/pacphi/sindri.git', ref: 'refs/tags/v3.2.1', commit },
    });
    expect(plan.notes).toMatchObject([
      { code: 'IMAGE_FROM_SOURCE', message: expect.stringContaining('is built from') },
    ]);
    const again = await (await open(builder(true))).plan();
    expect(again.image?.digest).toBe(digest);
    expect(again.notes).toMatchObject([{ message: expect.stringContaining('nothing is built') }]);
  });

  it('is refused where nobody can build, where nobody reads repositories, and where only the lock counts', async () => {
    await expect((await open(plain())).plan()).rejects.toMatchObject({ code: 'CAPABILITY_UNSUPPORTED' });
    const blind = await open(builder(false), { sources: undefined });
    await expect(blind.plan()).rejects.toMatchObject({ code: 'SOURCE_UNREAD' });
    const images = { source: { tags: never, find: never, verify: never }, frozen: true };
    const frozen = await open(builder(false), { images });
    await expect(frozen.plan()).rejects.toMatchObject({ code: 'IMAGE_LOCKED' });
  });

  it('is none when an image is named on the command line, whatever the file says', async () => {
    const provider = builder(false);
    const config = `version: "3.0"\nname: demo\ndeployment:\n  provider: ${provider.name}\n  buildFromSource: {enabled: true}\n`;
    const { spec } = await open(provider, { overrides: { image: 'a/c:2', fromSource: true } }, config);
    expect(spec.buildFromSource).toBeUndefined();
    expect(spec.image?.reference).toBe('a/c:2');
    const built = await open(provider, { overrides: {} }, config);
    expect(built.spec.buildFromSource).toMatchObject({ gitRef: null });
  });
});

const never = (): Promise<never> => Promise.reject(new Error('nobody is asked'));
