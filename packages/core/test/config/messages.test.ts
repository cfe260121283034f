import { SindriError } from '../../src/model/errors.js';
import { loadConfig } from '../../src/config/load.js';
import { createProviderRegistry } from '../../src/provider/registry.js';
import { config, flyLikeProvider, judge } from './fly-like-provider.js';

/** Each row: what somebody writes behind a sound config, and every line they read about it. */
const rows: [what: string, text: string, lines: string[]][] = [
  ['nothing wrong', config(), []],
  [
    'an unknown key',
    config('foo: 1\n'),
    ['5:1 error foo is not a known key. (Known here: version, name, deployment, extensions, secrets, providers.)'],
  ],
  [
    'a path with a line break',
    config('  volumes:\n    workspace:\n      path: "/alt/home\\n/x"\n'),
    ['7:13 error deployment.volumes.workspace.path has a line break in it. (Write it as plain text on one line.)'],
  ],
  [
    'a secret from a file whose name turns around',
    config('secrets:\n  - name: A\n    source: env\n    fromFile: "gpj\\u202eexe"\n'),
    ['8:15 error secrets[0].fromFile has the control character U+202E in it. (Write it as plain text on one line.)'],
  ],
  [
    'an identity with an escape sequence',
    config('  imageConfig:\n    registry: ghcr.io/o/a\n    certificateIdentity: "\\e[2Ja"\n'),
    [
      '7:26 error deployment.imageConfig.certificateIdentity has the control character U+001B in it. (Write it as plain text on one line.)',
    ],
  ],
  [
    'an option of several lines',
    config('providers:\n  fly:\n    labels: {note: "a\\nb\\tc"}\nx-note: "a\\nb\\e"\n'),
    [],
  ],
  [
    'an option with an escape sequence',
    config('providers:\n  fly:\n    labels: {note: "\\e[2J"}\n'),
    [
      '7:20 error providers.fly.labels.note has the control character U+001B in it. (Write it as plain text on one line.)',
    ],
  ],
  [
    'a misspelt key',
    config('extention: {}\n'),
    ['5:1 error extention is not a known key. (Did you mean `extensions`?)'],
  ],
  [
    'a misspelt key below',
    config('  resorces: {}\n'),
    ['5:3 error deployment.resorces is not a known key. (Did you mean `resources`?)'],
  ],
  [
    'a misspelt key in snake_case',
    config('providers:\n  fly:\n    auto_stop_machine: true\n'),
    ['7:5 error providers.fly.auto_stop_machine is not a known key. (Did you mean `auto_stop_machines`?)'],
  ],
  [
    'a key in kebab-case',
    config('providers:\n  fly:\n    auto-stop-machines: true\n'),
    ['7:5 error providers.fly.auto-stop-machines is not a known key. (Did you mean `autoStopMachines`?)'],
  ],
  [
    'a key in the wrong place',
    config('region: sjc\n'),
    ['5:1 error region is not a known key. (Did you mean `providers.fly.region`?)'],
  ],
  [
    'another one',
    config('  memory: 4GB\n'),
    ['5:3 error deployment.memory is not a known key. (Did you mean `deployment.resources.memory`?)'],
  ],
  [
    'a key of no provider',
    config('providers:\n  fly:\n    gpuTier: a100\n'),
    [
      '7:5 error providers.fly.gpuTier is not a known key. (Known here: region, organization, cpuKind, sshPort, autoStopMachines, autoStartMachines, highAvailability, dedicatedIpv4, labels.)',
    ],
  ],
  [
    'a text for a number',
    config('  resources:\n    cpus: two\n'),
    ['6:11 error deployment.resources.cpus must be a number above 0, got "two".'],
  ],
  [
    'a number in quotes',
    config('  resources:\n    cpus: "2"\n'),
    ['6:11 error deployment.resources.cpus must be a number above 0, got "2". (Remove the quotes.)'],
  ],
  [
    'a number that is too small',
    config('  resources:\n    cpus: 0\n'),
    ['6:11 error deployment.resources.cpus must be a number above 0, got 0.'],
  ],
  ["a fraction, which is the provider's to judge", config('  resources:\n    cpus: 1.5\n'), []],
  [
    'a number out of range',
    config('providers:\n  fly:\n    sshPort: 22\n'),
    ['7:14 error providers.fly.sshPort must be a whole number from 1024 to 65535, got 22.'],
  ],
  [
    'yes for true',
    config('providers:\n  fly:\n    autoStopMachines: yes\n'),
    ['7:23 error providers.fly.autoStopMachines must be `true` or `false`, got "yes". (Write `true`, without quotes.)'],
  ],
  [
    'true in quotes',
    config('providers:\n  fly:\n    autoStopMachines: "false"\n'),
    [
      '7:23 error providers.fly.autoStopMachines must be `true` or `false`, got "false". (Write `false`, without quotes.)',
    ],
  ],
  [
    'true for a text',
    config('extensions:\n  profile: true\n'),
    [
      '6:12 error extensions.profile must be the name of a profile, such as `fullstack`, got true. (Put it in quotes if it is meant as a text.)',
    ],
  ],
  [
    'a word that is not one of the words',
    config('providers:\n  fly:\n    cpuKind: performence\n'),
    [
      '7:14 error providers.fly.cpuKind must be one of "shared" or "performance", got "performence". (Did you mean `performance`?)',
    ],
  ],
  [
    'nothing at all',
    config('  image:\n'),
    [
      '5:3 error deployment.image must be an image reference such as `ghcr.io/pacphi/sindri:3.0.0`, got nothing. (Give it a value, or remove the key.)',
    ],
  ],
  ['empty blocks', config('  resources:\n  volumes:\nextensions:\nsecrets:\nproviders:\n  fly:\n'), []],
  [
    'a block for a text',
    config('  image: {a: b}\n'),
    [
      '5:10 error deployment.image must be an image reference such as `ghcr.io/pacphi/sindri:3.0.0`, got a block of keys.',
    ],
  ],
  [
    'a text for a block',
    config('  resources: large\n'),
    ['5:14 error deployment.resources must be a block of keys, got "large".'],
  ],
  [
    'a text for a list',
    config('extensions:\n  active: nodejs\n'),
    ['6:11 error extensions.active must be a list, got "nodejs". (Write a list: one `- ` line for each entry.)'],
  ],
  [
    'a size that is none',
    config('  resources:\n    memory: 4 apples\n'),
    ['6:13 error deployment.resources.memory must be a size such as `4GB`, `512MB`, `4Gi` or `0.5TB`, got "4 apples".'],
  ],
  [
    'a size of nothing',
    config('  volumes:\n    workspace:\n      size: 0GB\n'),
    ['7:13 error deployment.volumes.workspace.size must be more than nothing, got "0GB".'],
  ],
  [
    'a size below nothing',
    config('  resources:\n    memory: -4\n'),
    ['6:13 error deployment.resources.memory must be a size such as `4GB`, `512MB`, `4Gi` or `0.5TB`, got -4.'],
  ],
  [
    'a size of no whole megabytes',
    config('  resources:\n    memory: 1.3GB\n'),
    ['6:13 error deployment.resources.memory must come to whole megabytes (this is 1331.2 MB), got "1.3GB".'],
  ],
  [
    'memory without a unit',
    config('  resources:\n    memory: 4096\n'),
    ['6:13 warning deployment.resources.memory has no unit; it is read as 4096 MB. (Write `4096MB`.)'],
  ],
  [
    'a volume without a unit',
    config('  volumes:\n    workspace:\n      size: "30"\n'),
    ['7:13 warning deployment.volumes.workspace.size has no unit; it is read as 30 GB. (Write `30GB`.)'],
  ],
  [
    'a name with capitals',
    'version: "3.0"\nname: My App\ndeployment: {provider: fly}\n',
    [
      '2:7 error name must be lower-case letters, digits and hyphens, begin with a letter, and have at most 63 characters, got "My App". (Did you mean `my-app`?)',
    ],
  ],
  [
    'a name that is too long',
    `version: "3.0"\nname: ${'x'.repeat(64)}\ndeployment: {provider: fly}\n`,
    [
      `2:7 error name must be lower-case letters, digits and hyphens, begin with a letter, and have at most 63 characters, got "${'x'.repeat(60)}…". (Did you mean \`${'x'.repeat(63)}\`?)`,
    ],
  ],
  [
    'no deployment',
    'version: "3.0"\nname: demo\n',
    [
      '1:1 error deployment is missing. (Where the environment runs (`provider: fly`), from which image, and with how much of everything.)',
    ],
  ],
  [
    'no provider',
    'version: "3.0"\nname: demo\ndeployment: {image: a}\n',
    [
      '3:1 error deployment.provider is missing. (The provider that makes the environment real: the name of one that is installed.)',
    ],
  ],
  [
    'a misspelt provider',
    'version: "3.0"\nname: demo\ndeployment: {provider: flyy}\n',
    ['3:24 error There is no provider called "flyy". (Did you mean "fly"? Installed: fly.)'],
  ],
  [
    'a provider that is not installed',
    'version: "3.0"\nname: demo\ndeployment: {provider: docker-compose}\n',
    [
      '3:24 error There is no provider called "docker-compose". (Installed: fly. Install the plugin that brings it: sindri plugins install <package>)',
    ],
  ],
  [
    'misspelt options of the chosen provider',
    config('providers:\n  flly: {region: sjc}\n'),
    ['6:3 warning providers.flly is read by nobody: deployment.provider is "fly". (Did you mean `providers.fly`?)'],
  ],
  [
    'options of providers that are not installed',
    config('providers:\n  docker: {network: host}\n  kubernetes: {namespace: x}\n'),
    [],
  ],
  [
    'no version',
    'name: demo\ndeployment: {provider: fly}\n',
    ['1:1 warning version is missing; the file is read as "3.0". (Add `version: "3.0"`.)'],
  ],
  [
    'no name',
    'version: "3.0"\ndeployment: {provider: fly}\n',
    [
      '1:1 warning name is missing; the environment is called "demo", after its directory. (Add `name: demo`, so that it keeps its name wherever the file is.)',
    ],
  ],
  [
    'a version without quotes',
    'version: 1.0\nname: demo\ndeployment: {provider: fly}\n',
    ['1:10 warning version is read as "1.0". (Write it in quotes: `version: "1.0"`.)'],
  ],
  [
    'a whole number as version',
    'version: 3\nname: demo\ndeployment: {provider: fly}\n',
    ['1:10 warning version is read as "3.0". (Write it in quotes: `version: "3.0"`.)'],
  ],
  [
    'an unknown version',
    'version: "9.9"\nname: demo\ndeployment: {provider: fly}\n',
    ['1:10 error version must be one of "1.0" or "3.0", got "9.9".'],
  ],
  [
    'an unknown version without quotes',
    'version: 2.0\nname: demo\ndeployment: {provider: fly}\n',
    [
      '1:10 error version must be one of "1.0" or "3.0", got "2.0".',
      '1:10 warning version is a number in YAML; it is read as the text "2.0". (Write it in quotes: "2.0".)',
    ],
  ],
  [
    'an unset variable',
    config('  image: ghcr.io/a/b:${SHA}\n'),
    ['5:22 error The variable SHA is not set. (Set it in the shell, or give a default: `${SHA:-value}`.)'],
  ],
  [
    'an unset variable in quotes',
    config('  image: "b:${SHA}"\n'),
    ['5:13 error The variable SHA is not set. (Set it in the shell, or give a default: `${SHA:-value}`.)'],
  ],
  [
    'an unset variable for a number',
    config('  resources:\n    cpus: ${CPUS}\n'),
    ['6:11 error The variable CPUS is not set. (Set it in the shell, or give a default: `${CPUS:-value}`.)'],
  ],
  [
    'a default that does not fit',
    config('  resources:\n    cpus: ${CPUS:-many}\n'),
    ['6:11 error deployment.resources.cpus must be a number above 0, got "many".'],
  ],
  [
    'metadata, as older samples have it, and keys for notes with an anchor',
    `metadata:\n  author: me\nx-sizes: &sizes\n  memory: 2GB\n${config('  resources:\n    <<: *sizes\n')}`,
    ['1:1 warning metadata has no effect: nothing reads it. (For notes of yours there are keys that begin with `x-`.)'],
  ],
  [
    'a profile that nobody knows',
    config('extensions:\n  profile: fulstack\n'),
    ['6:12 error Sindri\'s own images have no profile "fulstack". (Did you mean `fullstack`?)'],
  ],
  [
    'a profile like no other',
    config('extensions:\n  profile: zzz\n'),
    [
      '6:12 warning Sindri\'s own images have no profile "zzz". (They have minimal, fullstack, anthropic-dev, systems, enterprise, devops, mobile.)',
    ],
  ],
  [
    'a profile and a list',
    config('extensions:\n  profile: minimal\n  active: [nodejs]\n'),
    [
      '7:3 error extensions.active and extensions.profile exclude each other. (Keep the profile and list more extensions under `additional`, or list all of them under `active`.)',
    ],
  ],
  [
    'additions to nothing',
    config('extensions:\n  additional: [nodejs]\n'),
    ['6:3 error extensions.additional adds to a profile, and there is none. (Name one with `profile`.)'],
  ],
  [
    'additions to a list',
    config('extensions:\n  active: [a]\n  additional: [b]\n'),
    ['7:3 error extensions.additional adds to a profile, and there is none. (Move its entries to `active`.)'],
  ],
  [
    'an extension that is several',
    config('extensions:\n  active: ["a,b", "c d"]\n'),
    [
      '6:12 error extensions.active[0] must be the name of an extension, such as `nodejs`, got "a,b".',
      '6:19 error extensions.active[1] must be the name of an extension, such as `nodejs`, got "c d".',
    ],
  ],
  [
    'two spellings that agree',
    config('extensions:\n  autoInstall: true\n  auto_install: true\n'),
    [
      '7:3 warning extensions.auto_install and extensions.autoInstall (6:3) are the same key, set twice to the same value. (Keep one of them.)',
    ],
  ],
  [
    'two spellings that disagree',
    config('extensions:\n  auto_install: true\n  autoInstall: false\n'),
    [
      '7:3 error extensions.autoInstall and extensions.auto_install (6:3) are the same key, but they say different things: false and true. (Keep one of them.)',
    ],
  ],
  [
    'two places for the GPU that agree',
    config('  gpu: {enabled: true}\n  resources:\n    gpu: {enabled: true}\n'),
    [
      '7:11 warning deployment.resources.gpu.enabled and deployment.gpu.enabled (5:9) are the same key, set twice to the same value. (Keep one of them.)',
    ],
  ],
  [
    'two places for the GPU that disagree',
    config('  resources:\n    gpu: {enabled: true, tier: gpu-small}\n  gpu: {tier: gpu-large}\n'),
    [
      '7:9 error deployment.gpu.tier and deployment.resources.gpu.tier (6:26) are the same key, but they say different things: "gpu-large" and "gpu-small". (Keep one of them.)',
    ],
  ],
  [
    'a GPU that is not enabled',
    config('  gpu: {tier: gpu-small}\n'),
    [
      '5:3 warning deployment.gpu has no effect: it does not say `enabled: true`. (Add `enabled: true`, or remove the block.)',
    ],
  ],
  [
    'an image in capitals',
    config('  image: ghcr.io/MyOrg/App:1\n'),
    [
      '5:10 error deployment.image has capital letters in its repository, got "ghcr.io/MyOrg/App:1". (Did you mean `ghcr.io/myorg/app:1`?)',
    ],
  ],
  [
    'an image with blanks',
    config('  image: "a b"\n'),
    ['5:10 error deployment.image must be an image reference such as `ghcr.io/pacphi/sindri:3.0.0`, got "a b".'],
  ],
  [
    'a tag that is missing',
    config('  image: "ghcr.io/a/b:"\n'),
    [
      '5:10 error deployment.image ends in a colon without a tag, got "ghcr.io/a/b:". (A tag has letters, digits, `_`, `.` and `-`, at most 128.)',
    ],
  ],
  [
    'an image and rules for one',
    config('  image: a/b:1\n  image_config: {registry: a/b}\n'),
    ['5:3 warning deployment.image has no effect: deployment.image_config wins. (Keep one of them.)'],
  ],
  [
    'an image and a build',
    config('  image: a/b:1\n  build_from_source: {enabled: true}\n'),
    ['5:3 warning deployment.image has no effect: deployment.build_from_source wins. (Keep one of them.)'],
  ],
  ['an image and no build', config('  image: a/b:1\n  buildFromSource: {enabled: false}\n'), []],
  [
    'a tag beside a digest',
    config(`  imageConfig: {registry: a/b, digest: "sha256:${'0'.repeat(64)}", tagOverride: x}\n`),
    [
      '5:115 warning deployment.imageConfig.tagOverride has no effect: deployment.imageConfig.digest wins. (Keep one of them.)',
    ],
  ],
  [
    'a digest that is none',
    config('  imageConfig: {registry: a/b, digest: "sha256:abc"}\n'),
    [
      '5:40 error deployment.imageConfig.digest must be `sha256:` and 64 hexadecimal digits in lower case, got "sha256:abc".',
    ],
  ],
  [
    'a repository with a tag',
    config('  imageConfig: {registry: "ghcr.io/a/b:1"}\n'),
    [
      '5:27 error deployment.imageConfig.registry is more than a repository, got "ghcr.io/a/b:1". (A tag goes into `version` or `tagOverride`.)',
    ],
  ],
  [
    'rules without a repository',
    config('  image_config: {version: "^3.0.0"}\n'),
    ['5:3 error deployment.image_config.registry is missing. (The full repository, without a tag.)'],
  ],
  [
    'an explicit image that is not said',
    config('  imageConfig: {registry: a/b, resolutionStrategy: explicit}\n'),
    [
      '5:32 error deployment.imageConfig.resolutionStrategy "explicit" needs to be told the image. (Add `digest`, `tagOverride`, or the tag as `version`.)',
    ],
  ],
  [
    'an explicit range',
    config('  imageConfig: {registry: a/b, resolutionStrategy: explicit, version: "^3.0.0"}\n'),
    [
      '5:71 error deployment.imageConfig.version must be a tag when deployment.imageConfig.resolutionStrategy is "explicit", got "^3.0.0". (Write the tag itself, such as `3.0.0`, or choose the strategy `semver`.)',
    ],
  ],
  [
    'a version that is no range',
    config('  imageConfig: {registry: a/b, version: "latest"}\n'),
    [
      '5:41 error deployment.imageConfig.version is no version range, got "latest". (It looks like `^3.0.0`, `~3.1`, `>=3.0 <4` or `3.0.0`. For a tag as it stands use `tagOverride`.)',
    ],
  ],
  ['a range as Cargo writes it', config('  imageConfig: {registry: a/b, version: ">=3.0, <4"}\n'), []],
  [
    'an identity that is no pattern',
    config('  image_config: {registry: a/b, certificate_identity: "me("}\n'),
    [
      '5:55 error deployment.image_config.certificate_identity is no regular expression, got "me(". (It must match the whole identity: `https://github\\.com/my-org/my-image/.*`.)',
    ],
  ],
  [
    'an image of another distribution',
    config('  distro: fedora\n  image: ghcr.io/pacphi/sindri:3.0.0\n'),
    [
      '5:11 warning deployment.distro is "fedora", but the image\'s tag "3.0.0" means ubuntu; the image decides. (Use a tag that ends in `-fedora`, or set distro to `ubuntu`.)',
    ],
  ],
  [
    'secrets as a block',
    config('secrets: {backend: vault}\n'),
    ['5:10 error secrets must be a list. (Write a list: one `- ` line for each entry.)'],
  ],
  [
    'a secret twice',
    config('secrets:\n  - {name: A, source: env}\n  - {name: A, source: env}\n'),
    ['7:12 error secrets[1].name is the secret of line 6 once more. (Keep one entry for each name.)'],
  ],
  [
    'a secret without a source',
    config('secrets:\n  - name: A\n'),
    ['6:5 error secrets[0].source is missing. (Where the value comes from: `env`, `file`, `vault` or `s3`.)'],
  ],
  [
    'a secret in small letters',
    config('secrets:\n  - {name: hunter2, source: env}\n'),
    ['6:12 error secrets[0].name must be capital letters, digits and `_`, and begin with a letter.'],
  ],
  [
    'a secret with its value',
    config('secrets:\n  - {name: A, source: env, value: hunter2}\n'),
    [
      "6:28 error secrets[0].value is not a known key. (A secret's value does not belong into this file: set the variable in the shell, in `.env.local` or in `.env`.)",
    ],
  ],
  [
    'a secret from nowhere',
    config('secrets:\n  - {name: A, source: valt}\n'),
    ['6:23 error secrets[0].source must be one of "env", "file", "vault" or "s3", got "valt". (Did you mean `vault`?)'],
  ],
  [
    'a secret from a vault without a path',
    config('secrets:\n  - {name: A, source: vault}\n'),
    [
      '6:5 error secrets[0].vaultPath is missing. (For `vault`: the path of the secret.)',
      '6:5 error secrets[0].vaultKey is missing. (For `vault`: the key in that secret.)',
    ],
  ],
  [
    'keys that the source does not read',
    config('secrets:\n  - {name: A, source: env, vault_path: x}\n'),
    ['6:28 warning secrets[0].vault_path has no effect: only the source "vault" reads it.'],
  ],
  [
    'permissions without quotes',
    config('secrets:\n  - {name: A, source: file, path: x, permissions: 0600}\n'),
    [
      '6:51 warning secrets[0].permissions is a number in YAML; it is read as the text "0600". (Write it in quotes: "0600".)',
    ],
  ],
  [
    'a key that is there twice',
    config('name: other\n'),
    ['5:1 error name is set twice, the first time on line 2. (Keep one of them.)'],
  ],
];

describe('what people read about their config', () => {
  it.each(rows)('%s', async (_what, text, lines) => {
    expect((await judge(text)).lines).toEqual(lines);
  });

  it("is short: no line of code, no validator's English, one full stop at the end", () => {
    for (const line of rows.flatMap(([, , lines]) => lines)) {
      expect(line).not.toMatch(/should|instance|schema|oneOf|anyOf|undefined|\[object/);
      expect(line.length).toBeLessThan(280);
    }
  });

  it('is everything at once, in the order of the file', async () => {
    const { problems } = await judge(
      [
        'version: 1.0',
        'name: Demo',
        'deployment:',
        '  provider: fly',
        '  image: "${TAG}"',
        '  resources: {cpus: two, memory: much}',
        'extenisons: {}',
        'secrets: [{name: A}, {name: B, source: env}, {name: B, source: env}]',
        'providers: {fly: {regoin: sjc, cpuKind: fast}}',
      ].join('\n'),
    );
    expect(problems.map(({ line, path }) => `${line} ${path}`)).toEqual([
      '1 version',
      '2 name',
      '5 deployment.image',
      '6 deployment.resources.cpus',
      '6 deployment.resources.memory',
      '7 extenisons',
      '8 secrets[0].source',
      '8 secrets[2].name',
      '9 providers.fly.regoin',
      '9 providers.fly.cpuKind',
    ]);
  });

  it('does not contain what a variable with a secret name says', async () => {
    const text = config('  resources:\n    cpus: ${API_TOKEN}\n');
    const { lines } = await judge(text, { env: { API_TOKEN: 'hunter2' } });
    expect(lines).toEqual(
      [
        expect.stringContaining('API_TOKEN is named like a secret'),
        '6:11 error deployment.resources.cpus must be a number above 0, got the value of ${API_TOKEN}.',
      ].reverse(),
    );
    expect(lines.join()).not.toContain('hunter2');
  });
});

describe('loadConfig', () => {
  const load = (text: string, providers = [flyLikeProvider()]) =>
    loadConfig({ text, cwd: '/project/demo' }, { env: {}, providers: createProviderRegistry(providers) });

  it('rejects with all problems, warnings too', async () => {
    const error: unknown = await load('version: 1.0\nname: demo\ndeployment: {provider: fly}\nfoo: 1\nbar: 2\n').catch(
      (e) => e,
    );
    expect(error).toBeInstanceOf(SindriError);
    expect(error).toMatchObject({
      code: 'CONFIG_INVALID',
      kind: 'usage',
      message: 'sindri.yaml has 2 problems.',
      details: {
        problems: [
          { severity: 'warning', code: 'CONFIG_QUOTES', path: 'version', file: 'sindri.yaml', line: 1, column: 10 },
          { severity: 'error', code: 'CONFIG_UNKNOWN_KEY', path: 'foo', file: 'sindri.yaml', line: 4, column: 1 },
          { severity: 'error', code: 'CONFIG_UNKNOWN_KEY', path: 'bar', file: 'sindri.yaml', line: 5, column: 1 },
        ],
      },
    });
  });

  it('says the one problem in its message', async () => {
    await expect(load(config('extenions: {}\n'))).rejects.toMatchObject({
      message: 'sindri.yaml is not valid: extenions is not a known key.',
      hint: 'Did you mean `extensions`?',
    });
  });

  it('hands out the warnings with the config', async () => {
    const { warnings } = await load('version: 3\nname: demo\ndeployment: {provider: fly}\n');
    expect(warnings.map(({ code }) => code)).toEqual(['CONFIG_QUOTES']);
  });
});
