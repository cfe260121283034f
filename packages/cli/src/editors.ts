/** How an editor opens a directory over SSH. */
export interface Editor {
  /** What `--editor` takes. */
  name: string;
  title: string;
  url(target: { host: string; user: string; directory: string }): string;
}

/** Each from the editor's own documentation. */
export const editors: readonly Editor[] = [
  { name: 'vscode', title: 'Visual Studio Code', url: (target) => remoteSsh('vscode', target) },
  { name: 'insiders', title: 'Visual Studio Code Insiders', url: (target) => remoteSsh('vscode-insiders', target) },
  { name: 'cursor', title: 'Cursor', url: (target) => remoteSsh('cursor', target) },
  { name: 'windsurf', title: 'Windsurf', url: (target) => remoteSsh('windsurf', target) },
  { name: 'zed', title: 'Zed', url: ({ host, directory }) => `zed://ssh/${host}${pathOf(directory)}` },
  {
    name: 'gateway',
    title: 'JetBrains Gateway',
    // It reads the user's SSH config when it is told the host of a block.
    url({ host, user, directory }) {
      const fields = { host, port: '22', user, type: 'ssh', deploy: 'false', projectPath: directory };
      const words = Object.entries(fields).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
      return `jetbrains-gateway://connect#${words.join('&')}`;
    },
  },
];

function remoteSsh(scheme: string, { host, directory }: { host: string; directory: string }): string {
  return `${scheme}://vscode-remote/ssh-remote+${host}${pathOf(directory)}`;
}

function pathOf(directory: string): string {
  return directory.split('/').map(encodeURIComponent).join('/');
}
