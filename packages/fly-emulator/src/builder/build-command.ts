import type { MachineConfigView } from '../runtime/machine-runtime.js';

/** What a machine is to build. */
export interface BuildCommand {
  /** The address of a git repository. */
  repository: string;
  /** 40 hexadecimal digits. */
  commit: string;
  dockerfile: string;
  /** `registry.fly.io/app:tag`. */
  reference: string;
  /** By the id of a secret (`GIT_AUTH_TOKEN.github.com`) the file that has it. */
  secrets: Record<string, string>;
  /** The program is ended after this time; `null` = never. */
  limitMs: number | null;
}

/**
 * Reads the command of a machine that runs BuildKit once: `buildctl-daemonless.sh build …`, perhaps behind `timeout SECONDS`. `null` for every
 * other machine, `unsupported` for a build that cannot be pretended.
 */
export function readBuildCommand(config: MachineConfigView): BuildCommand | 'unsupported' | null {
  const { exec, entrypoint = [], cmd = [] } = config.init ?? {};
  let words = exec !== undefined && exec.length > 0 ? exec : [...entrypoint, ...cmd];
  let limitMs: number | null = null;
  if (words[0] === 'timeout') {
    limitMs = Number(words[1]) * 1_000;
    words = words.slice(2);
  }
  if (!/(^|\/)moby\/buildkit(:|@|$)/.test(config.image) || !words[0]?.endsWith('buildctl-daemonless.sh')) return null;
  const { options, output, secrets } = readOptions(words.slice(1));
  const [, repository = '', commit = ''] = /^(https?:\/\/[^\s#]+)#([0-9a-f]{40})$/.exec(options['context'] ?? '') ?? [];
  const reference = /(?:^|,)name=([^,]+)/.exec(output)?.[1] ?? '';
  const isKnown = words[1] === 'build' && repository !== '' && reference !== '' && output.includes('push=true');
  if (!isKnown || (limitMs !== null && !(limitMs > 0))) return 'unsupported';
  return { repository, commit, dockerfile: options['filename'] ?? 'Dockerfile', reference, secrets, limitMs };
}

function readOptions(words: readonly string[]) {
  const options: Record<string, string> = {};
  const secrets: Record<string, string> = {};
  let output = '';
  // `--opt a=b` and `--opt=a=b` are the same.
  const flat = words.flatMap((word) => (word.startsWith('--') ? word.split(/=(.*)/s).slice(0, 2) : [word]));
  flat.forEach((word, index) => {
    const value = flat[index + 1] ?? '';
    if (word === '--opt') options[value.split('=')[0] ?? ''] = value.slice(value.indexOf('=') + 1);
    if (word === '--output') output = value;
    if (word === '--secret') {
      const parts = Object.fromEntries(value.split(',').map((part) => part.split(/=(.*)/s)));
      secrets[String(parts['id'])] = String(parts['src']);
    }
  });
  return { options, output, secrets };
}
