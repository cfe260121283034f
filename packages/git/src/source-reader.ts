import { gitTokenFor, type OperationContext, type SourceReader } from '@sindri/core';
import { readAdvertisedRefs } from './advertised-refs.js';
import { ask, basicOf, type Answer, type Question } from './ask.js';
import { DELIMITER, FLUSH, packetLine, readPacketLines } from './packet-lines.js';
import { oddAnswer, sourceError } from './source-error.js';

/** A repository with 200,000 refs has less. */
const LONGEST_ADVERTISEMENT = 32 * 1024 * 1024;
const LONGEST_ERROR = 64 * 1024;
const REFUSED = [401, 403, 404];

/**
 * Reads git repositories over HTTPS, for `openEnvironment({ sources })`, as `git ls-remote` does: by git's own protocol, and without git.
 * A token (`gitTokenFor` of core) is sent only to the host that it is for, and only when that host shows the repository to nobody else.
 */
export function createSourceReader(): SourceReader {
  return {
    async refs(repository, context) {
      const { answer, isPrivate } = await askSigningIn(
        { repository, path: '/info/refs?service=git-upload-pack', maxBytes: LONGEST_ADVERTISEMENT },
        context,
      );
      const refs = answer.status === 200 ? readAdvertisedRefs(answer.body) : null;
      if (refs === null) throw oddAnswer(repository, notGit(answer));
      return { refs, isPrivate };
    },

    async hasCommit(repository, commit, context) {
      const { answer } = await askSigningIn(
        {
          repository,
          path: '/git-upload-pack',
          headers: {
            'git-protocol': 'version=2',
            'content-type': 'application/x-git-upload-pack-request',
            accept: 'application/x-git-upload-pack-result',
          },
          body:
            packetLine('command=fetch\n') +
            DELIMITER +
            packetLine(`want ${commit}\n`) +
            packetLine('deepen 1\n') +
            packetLine('done\n') +
            FLUSH,
          maxBytes: LONGEST_ERROR,
          // The first line says it: a server without the commit sends no pack.
          enough: (bytes) => firstLine(bytes) !== null,
        },
        context,
      );
      const line = answer.status === 200 ? firstLine(answer.body) : null;
      if (line === 'shallow-info' || line === 'packfile') return true;
      if (line?.startsWith('ERR ') === true && line.includes(commit)) return false;
      throw oddAnswer(repository, notGit(answer));
    },
  };
}

/** Without a token first: who needs none is given none. */
async function askSigningIn(
  question: Omit<Question, 'token'>,
  context: OperationContext,
): Promise<{ answer: Answer; isPrivate: boolean }> {
  const { repository } = question;
  const open = await ask({ ...question, token: null }, context);
  if (!REFUSED.includes(open.status)) return { answer: open, isPrivate: false };
  const { hostname: host } = new URL(repository);
  const token = gitTokenFor(repository, context.env);
  if (token === null) throw refused(repository, host, false);
  context.hide(token);
  context.hide(basicOf(token).slice('Basic '.length));
  const answer = await ask({ ...question, token }, context);
  if (REFUSED.includes(answer.status)) throw refused(repository, host, true);
  return { answer, isPrivate: true };
}

function firstLine(bytes: Buffer): string | null {
  try {
    for (const line of readPacketLines(bytes)) return line === null ? '' : line.toString('utf8').trim();
  } catch {
    return '';
  }
  return null;
}

function notGit({ status, type }: Answer): string {
  return status === 200 ? `something that is no git repository (${type.split(';')[0] ?? ''})` : `status ${status}`;
}

function refused(repository: string, host: string, signedIn: boolean): Error {
  const variable = host === 'github.com' ? 'GITHUB_TOKEN' : `SINDRI_GIT_TOKEN, and SINDRI_GIT_HOST to ${host}`;
  return sourceError({
    code: 'SOURCE_AUTH',
    kind: 'auth',
    message: signedIn
      ? `${repository} is not there, or the token from the environment may not read it.`
      : `${repository} is not there, or shows itself only to who signs in.`,
    hint: signedIn
      ? 'Check the address, and what the token may do: reading the contents is enough. Nothing was changed.'
      : `Check the address. For a private repository set ${variable}. Nothing was changed.`,
    details: { repository },
  });
}
