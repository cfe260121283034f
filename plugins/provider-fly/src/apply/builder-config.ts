import type { WireMachineConfig } from '../api/types.js';
import { metadataKeys } from '../model.js';
import { builderSize, flyRegistry, toWireGuest } from '../planner/index.js';
import type { PayloadOf } from './work.js';

/** What a builder runs. */
const BUILDKIT = 'docker.io/moby/buildkit:v0.25.1';
const STATE = '/var/lib/buildkit';
const DOCKER_CONFIG = '/run/sindri/docker';
const GIT_TOKEN = '/run/sindri/git-token';

export interface BuilderCredentials {
  /** Pushes into the app's own repository, and ends soon. */
  registry: string;
  /** For the host of the git repository; `null` = it shows itself to everybody. */
  git: string | null;
}

/**
 * A machine that builds one image and pushes it: BuildKit without a daemon of its own, the git repository at one commit as its context. It
 * ends with the build, or after an hour, and is then destroyed by Fly. What signs in is in files, never in an argument or a variable;
 * BuildKit uses the git token for the host in its name only.
 */
export function builderConfig(
  build: PayloadOf<'image.build'>,
  credentials: BuilderCredentials,
  place: { app: string; volumeId: string; launchId: string },
): WireMachineConfig {
  const { repository, commit, dockerfile, distro, reference } = build;
  const { host } = new URL(repository);
  const options = [
    `context=${gitContext(repository)}#${commit}`,
    `filename=${dockerfile}`,
    ...(distro === null ? [] : [`build-arg:DISTRO=${distro}`]),
  ];
  const secret = credentials.git === null ? [] : ['--secret', `id=GIT_AUTH_TOKEN.${host},src=${GIT_TOKEN}`];
  return {
    image: BUILDKIT,
    guest: toWireGuest(builderSize.guest),
    init: {
      entrypoint: ['timeout', String(builderSize.limitSeconds), 'buildctl-daemonless.sh'],
      cmd: [
        'build',
        '--progress=plain',
        '--frontend=dockerfile.v0',
        ...options.flatMap((option) => ['--opt', option]),
        ...secret,
        '--output',
        `type=image,name=${reference},push=true`,
      ],
    },
    env: { DOCKER_CONFIG },
    files: [
      file(`${DOCKER_CONFIG}/config.json`, dockerConfig(credentials.registry)),
      ...(credentials.git === null ? [] : [file(GIT_TOKEN, credentials.git)]),
    ],
    mounts: [{ volume: place.volumeId, path: STATE }],
    restart: { policy: 'no' },
    auto_destroy: true,
    metadata: { [metadataKeys.builder]: place.app, [metadataKeys.launchId]: place.launchId },
  };
}

/** Without this ending BuildKit takes an address for that of an archive. */
function gitContext(repository: string): string {
  const address = repository.replace(/\/+$/, '');
  return address.endsWith('.git') ? address : `${address}.git`;
}

function dockerConfig(token: string): string {
  const auth = Buffer.from(`x:${token.replace(/^FlyV1\s+/, '')}`).toString('base64');
  return JSON.stringify({ auths: { [flyRegistry]: { auth } } });
}

function file(path: string, content: string): { guest_path: string; raw_value: string } {
  return { guest_path: path, raw_value: Buffer.from(content).toString('base64') };
}
