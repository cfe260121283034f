import type { Environment } from '@sindri/core';
import { editors, type Editor } from '../editors.js';
import { coreError } from '../error.js';
import { core } from '../lazy.js';
import type { Shell } from '../shell.js';
import { openAddress } from './open-address.js';
import { sshConfig, type SshConfigRequest } from './ssh-config.js';

export interface CodeRequest extends Omit<SshConfigRequest, 'action' | 'isPartOfAnother'> {
  /** The name of one of {@link editors}. */
  editor: string;
  /** Absent = where the provider says that people work. */
  directory?: string;
  /** Print the URL and open nothing. */
  printUrl: boolean;
}

export interface CodeResult {
  schema: 'sindri.code/1';
  environment: string;
  provider: string;
  editor: string;
  host: string;
  url: string;
  opened: boolean;
}

/** Gives the environment its SSH name, and opens an editor on it. */
export async function openEditor(environment: Environment, shell: Shell, request: CodeRequest): Promise<CodeResult> {
  const editor = editorCalled(request.editor);
  const named = await sshConfig(environment, shell, { ...request, action: 'install', isPartOfAnother: true });
  const { host, user = '', directory: home } = named;
  const directory = request.directory ?? home ?? '/';
  if (!/^\/[^\0-\x1f\x7f]*$/.test(directory)) {
    const message = `${JSON.stringify(directory)} is no directory to open: it must begin with "/".`;
    throw coreError({ code: 'USAGE', kind: 'usage', message });
  }
  const url = editor.url({ host, user, directory });
  const opened = !request.printUrl && (await openAddress(url, shell.env));
  if (!opened && !request.printUrl) {
    throw coreError({
      code: 'EDITOR_NOT_OPENED',
      kind: 'refused',
      message: `${editor.title} could not be opened: nothing here opens its addresses.`,
      hint: `Open this one by hand: ${url}`,
      details: { url },
    });
  }
  return {
    schema: 'sindri.code/1',
    environment: environment.spec.name,
    provider: environment.provider.name,
    editor: editor.name,
    host,
    url,
    opened,
  };
}

function editorCalled(name: string): Editor {
  const found = editors.find((editor) => editor.name === name);
  if (found !== undefined) return found;
  const names = editors.map((editor) => editor.name);
  const meant = core().nearest(name, names);
  const hint = `${meant === undefined ? '' : `Did you mean "${meant}"? `}There is: ${names.join(', ')}.`;
  throw coreError({ code: 'USAGE', kind: 'usage', message: `There is no editor "${name}".`, hint });
}
