import type { Config } from '@oclif/core/interfaces';
import type { ProviderSource } from '@sindri/core';
import { startLocalPlatform } from '../src/local-platform';

const source: ProviderSource = {
  name: 'fly',
  apiVersion: 1,
  origin: '@acme/fly 1.0.0',
  load: () => Promise.reject(new Error('not needed')),
  local: { command: 'emulator:start' },
};

/** A command as the framework makes them: `run` goes through the members that print and catch. */
function configWith(result: () => unknown, printed: string[] = []): Config {
  class Command {
    constructor(readonly argv: string[]) {}
    static async run(this: new (argv: string[]) => Command, argv: string[]): Promise<unknown> {
      const command = new this(argv);
      try {
        const answer = result();
        command.log('human');
        command.logJson();
        return answer;
      } catch (error) {
        await command.catch(error);
        return undefined;
      }
    }
    log(text: string): void {
      printed.push(text);
    }
    logJson(): void {
      printed.push('json');
    }
    async catch(_error: unknown): Promise<void> {
      printed.push('swallowed');
    }
  }
  return {
    findCommand: (id: string) => (id === 'emulator:start' ? { load: async () => Command } : undefined),
  } as unknown as Config;
}

describe('startLocalPlatform', () => {
  it('returns the variables and prints nothing', async () => {
    const printed: string[] = [];
    const config = configWith(() => ({ url: 'x', env: { FLY_API_TOKEN: 't', PORT: 1 } }), printed);
    expect(await startLocalPlatform(config, source)).toEqual({ FLY_API_TOKEN: 't', PORT: '1' });
    expect(printed).toEqual([]);
  });

  it('lets a failure out as it is', async () => {
    const config = configWith(() => {
      throw new Error('port taken');
    });
    await expect(startLocalPlatform(config, source)).rejects.toThrow('port taken');
  });

  it('says who lacks what', async () => {
    const config = configWith(() => ({}));
    await expect(startLocalPlatform(config, { ...source, local: undefined })).rejects.toMatchObject({
      code: 'LOCAL_UNAVAILABLE',
      message: expect.stringContaining('@acme/fly 1.0.0'),
    });
    await expect(startLocalPlatform(config, { ...source, local: { command: 'no:such' } })).rejects.toMatchObject({
      code: 'LOCAL_UNAVAILABLE',
      message: expect.stringContaining('"no such"'),
    });
    await expect(startLocalPlatform(config, source)).rejects.toMatchObject({
      code: 'LOCAL_UNAVAILABLE',
      kind: 'internal',
    });
  });
});
