import { formatHostBlock, includeLine, type HostBlock } from '../../src/ssh-config/host-block.js';

const block: HostBlock = {
  host: 'my-env.sindri',
  user: 'developer',
  hostKeyAlias: 'my-env.fly.dev',
  knownHosts: '/home/me/.ssh/sindri/my-env.sindri.known_hosts',
  identityFile: null,
  proxyCommand: ['/usr/bin/node', '/opt/sindri/run.js', 'ssh-proxy', '-c', '/home/me/sindri.yaml'],
};

test('a program with blanks, quotes and percent signs arrives word by word', () => {
  const text = formatHostBlock({
    ...block,
    proxyCommand: ['/my apps/node', "/it's/50%/run.js", '-c', '$(touch /tmp/x)'],
  });
  expect(text).toContain(`  ProxyCommand '/my apps/node' '/it'\\''s/50%%/run.js' -c '$(touch /tmp/x)'\n`);
});

test('without a key file the agent is asked; with one, only that key is offered', () => {
  expect(formatHostBlock(block)).not.toContain('IdentitiesOnly');
  expect(formatHostBlock({ ...block, identityFile: '/home/a b/id%h' })).toContain(
    '  IdentityFile "/home/a b/id%%h"\n  IdentitiesOnly yes\n',
  );
});

test('the agent is forwarded only when somebody asks', () => {
  expect(formatHostBlock(block)).not.toContain('ForwardAgent');
  expect(formatHostBlock({ ...block, forwardAgent: true })).toContain('  ForwardAgent yes\n');
});

test.each(['/home/"me"/x', '/home/${USER}/x', '/home/me\nProxyCommand evil', '/home/\\x'])(
  'a path that an OpenSSH config cannot hold is refused: %j',
  (knownHosts) => {
    expect(() => formatHostBlock({ ...block, knownHosts })).toThrow(/cannot stand in an OpenSSH config/);
    expect(() => includeLine(knownHosts)).toThrow(/cannot stand in an OpenSSH config/);
  },
);
