import type { ExtensionsSpec } from '@sindri/core';
import { homePath, imageEnvironment, imageVariables, isUnderHome, sshPort, workspacePath } from '../src/index.js';

function spec(extensions: Partial<ExtensionsSpec> = {}, path: string | null = null) {
  return {
    extensions: { profile: null, active: [], additional: [], autoInstall: true, ...extensions },
    workspace: { sizeGb: null, path },
  };
}

describe('the variables of an image', () => {
  it('are all set for the fullest config', () => {
    const env = imageEnvironment(
      spec({ profile: 'fullstack', active: ['a'], additional: ['docker', 'go'], autoInstall: false }),
    );
    expect(env).toEqual({
      HOME: '/alt/home/developer',
      WORKSPACE: '/alt/home/developer/workspace',
      DEV_USER: 'developer',
      SSH_PORT: '2222',
      TZ: 'UTC',
      INIT_WORKSPACE: 'true',
      INSTALL_PROFILE: 'fullstack',
      CUSTOM_EXTENSIONS: 'a',
      ADDITIONAL_EXTENSIONS: 'docker,go',
      SKIP_AUTO_INSTALL: 'true',
    });
    expect(new Set(Object.keys(env))).toEqual(imageVariables);
  });

  it('do not speak of what the config does not say', () => {
    const env = imageEnvironment(spec());
    expect(env).toMatchObject({ SKIP_AUTO_INSTALL: 'false', SSH_PORT: String(sshPort) });
    for (const name of ['INSTALL_PROFILE', 'CUSTOM_EXTENSIONS', 'ADDITIONAL_EXTENSIONS']) {
      expect(env).not.toHaveProperty(name);
    }
  });
});

describe('the workspace', () => {
  it.each([
    [null, `${homePath}/workspace`],
    [`${homePath}/src`, `${homePath}/src`],
    ['/workspace', `${homePath}/workspace`],
    [`${homePath}/../other`, `${homePath}/workspace`],
  ])('%s is at %s', (path, expected) => {
    expect(workspacePath(spec({}, path))).toBe(expected);
  });

  it('is on the volume only under the home', () => {
    expect(isUnderHome(`${homePath}/a`)).toBe(true);
    expect(isUnderHome(homePath)).toBe(false);
    expect(isUnderHome(`${homePath}-2/a`)).toBe(false);
  });
});
