import { CONFIG, useFly } from '../support/fly.js';

const fly = useFly(() => ({ orgs: ['acme'], settings: { quotas: { machines: 1 } } }));

const ask = async (query: string, variables: object = {}, token = fly.token) =>
  (await fly.as(token).post('/graphql', { query, variables })).body;
const organization = async (slug: string): Promise<string> =>
  (await ask('query ($slug: String!) { organization(slug: $slug) { id } }', { slug })).data.organization.id;
const MINT = `mutation ($name: String!, $organizationId: ID!, $profile: String!, $profileParams: JSON, $expiry: String!) {
  createLimitedAccessToken(input: {name: $name, organizationId: $organizationId, profile: $profile, profileParams: $profileParams, expiry: $expiry}) {
    limitedAccessToken { id tokenHeader expiresAt }
  }
}`;
const mint = async (
  profile: string,
  profileParams: object,
  { org = 'personal', expiry = '20h', token = fly.token } = {},
) => ask(MINT, { name: 't1', organizationId: await organization(org), profile, profileParams, expiry }, token);
const deployToken = async (app: string): Promise<string> =>
  (await mint('deploy', { app_id: app })).data.createLimitedAccessToken.limitedAccessToken.tokenHeader;

beforeEach(() => {
  fly.admin.seedApp({ name: 'one' });
  fly.admin.seedApp({ name: 'two' });
  fly.admin.seedApp({ name: 'theirs', org: 'other' });
});

describe('who asks', () => {
  test('nobody without a token', async () => {
    expect(await fly.as(null).post('/graphql', { query: '{ viewer { email } }' })).toMatchObject({
      status: 401,
      body: { errors: [{ extensions: { code: 'UNAUTHORIZED' } }] },
    });
  });

  test('an app out of reach and one that is not there read the same', async () => {
    const query = 'query ($appName: String!) { app(name: $appName) { name } }';
    for (const appName of ['theirs', 'nosuch']) {
      expect(await ask(query, { appName })).toMatchObject({
        data: { app: null },
        errors: [{ message: `Could not find App "${appName}"`, path: ['app'], extensions: { code: 'NOT_FOUND' } }],
      });
    }
  });

  test('a minted token keeps its restriction, in GraphQL and in the Machines API', async () => {
    const token = await deployToken('one');
    // flyctl prunes what has the form of a macaroon and cannot be read as one.
    expect(token).toMatch(/^FlyV1 fo1_/);
    const { data } = await ask(
      '{ viewer { __typename } apps { nodes { name } } organizations { nodes { slug } } }',
      {},
      token,
    );
    expect(data).toEqual({
      viewer: { __typename: 'Macaroon' },
      apps: { nodes: [{ name: 'one' }] },
      organizations: { nodes: [{ slug: 'personal' }] },
    });
    expect((await fly.as(token).get('/v1/apps/one/machines')).status).toBe(200);
    expect((await fly.as(token).get('/v1/apps/two/machines')).status).toBe(403);
    const release =
      'mutation ($input: AllocateIPAddressInput!) { allocateIpAddress(input: $input) { ipAddress { address } } }';
    expect(await ask(release, { input: { appId: 'two', type: 'v6' } }, token)).toMatchObject({
      errors: [{ extensions: { code: 'NOT_FOUND' } }],
    });
    // What a token of one app cannot reach it cannot hand on.
    expect((await mint('deploy', { app_id: 'one' }, { token })).errors[0].extensions.code).toBe('UNPROCESSABLE');
  });

  test('no token outlives the one it was made with', async () => {
    const expiresAt = Date.now() + 60_000;
    const token = fly.tokens.create({ kind: 'org', org: 'personal', expiresAt });
    const { data } = await mint('deploy_organization', {}, { token });
    expect(data.createLimitedAccessToken.limitedAccessToken.expiresAt).toBe(new Date(expiresAt).toISOString());
  });

  test.each([
    ['litefs_cloud', {}, 'makes no tokens of the profile "litefs_cloud"'],
    ['deploy', { app_id: 'one', commands: ['ls'] }, 'cannot restrict a token by "commands"'],
    ['deploy', { app_id: 'nosuch' }, 'Could not find App "nosuch"'],
  ])('a restriction that is not kept here is refused: %s %j', async (profile, params, message) => {
    const { data, errors } = await mint(profile, params);
    expect(data.createLimitedAccessToken).toBeNull();
    expect(errors[0].message).toContain(message);
  });

  test('tokens are listed without their text, and revoked', async () => {
    const token = await deployToken('one');
    const query =
      'query ($appName: String!) { app(name: $appName) { limitedAccessTokens { nodes { id name token revokedAt } } } }';
    const list = async () => (await ask(query, { appName: 'one' })).data.app.limitedAccessTokens.nodes;
    const [listed] = await list();
    expect(listed).toMatchObject({ name: 't1', token: '', revokedAt: null });
    await ask(
      'mutation ($input: DeleteLimitedAccessTokenInput!) { deleteLimitedAccessToken(input: $input) { token } }',
      {
        input: { id: listed.id },
      },
    );
    expect((await fly.as(token).get('/v1/apps/one')).status).toBe(401);
    expect((await list())[0].revokedAt).not.toBeNull();
  });
});

describe('what is answered', () => {
  test('addresses come and go, the shared one beside the list', async () => {
    const allocate = async (type: string) =>
      (
        await ask(
          'mutation ($input: AllocateIPAddressInput!) { allocateIpAddress(input: $input) { ipAddress { id address type region } app { sharedIpAddress } } }',
          { input: { appId: 'one', type } },
        )
      ).data.allocateIpAddress;
    expect((await allocate('shared_v4')).ipAddress).toBeNull();
    const { ipAddress, app } = await allocate('v6');
    expect(ipAddress).toMatchObject({ type: 'v6', region: 'global' });
    expect(app.sharedIpAddress).toMatch(/^127\./);
    await ask('mutation ($input: ReleaseIPAddressInput!) { releaseIpAddress(input: $input) { clientMutationId } }', {
      input: { appId: 'one', ipAddressId: ipAddress.id },
    });
    expect((await fly.get('/v1/apps/one/ip_assignments')).body.ips).toMatchObject([{ shared: true }]);
  });

  test('a private address for the network of another is refused', async () => {
    const input = { appId: 'one', type: 'private_v6', organizationId: await organization('acme') };
    const query =
      'mutation ($input: AllocateIPAddressInput!) { allocateIpAddress(input: $input) { ipAddress { address } } }';
    expect((await ask(query, { input })).errors[0].message).toContain('the network of the app itself only');
  });

  test('machines and volumes know their app', async () => {
    const volumeId = await fly.admin.seedVolume({ app: 'one', name: 'data' });
    const { body } = await fly.post('/v1/apps/one/machines', {
      config: { ...CONFIG, services: [{ internal_port: 80, ports: [{ port: 443, handlers: ['tls'] }] }] },
    });
    const query = `query ($machineId: String!, $id: ID!) {
      machine(machineId: $machineId) { app { name services { description ports { handlers } } } ips { nodes { ip } } }
      volume(id: $id) { ... on Volume { app { name deployed } } }
    }`;
    expect((await ask(query, { machineId: body.id, id: volumeId })).data).toEqual({
      machine: {
        app: { name: 'one', services: [{ description: 'TCP 443 ⇢ 80', ports: [{ handlers: ['TLS'] }] }] },
        ips: { nodes: [{ ip: body.private_ip }] },
      },
      volume: { app: { name: 'one', deployed: true } },
    });
  });

  test('releases told by a client, here and in the JSON API', async () => {
    const { body } = await fly.post('/api/v1/releases', {
      app_name: 'one',
      image: 'nginx',
      strategy: 'ROLLING',
      definition: { app: 'one' },
    });
    expect(body.release).toMatchObject({ version: 1, status: 'pending', in_progress: true });
    expect((await fly.patch(`/api/v1/releases/${body.release.id}`, { status: 'complete' })).body).toMatchObject({
      stable: true,
    });
    expect((await fly.get('/api/v1/apps/one/releases/current')).body).toMatchObject({ version: 1, status: 'complete' });
    expect((await fly.get('/api/v1/apps/two/releases/current')).status).toBe(404);
    const query = '{ app(name: "one") { version currentReleaseUnprocessed { configDefinition imageRef } } }';
    expect((await ask(query)).data.app).toEqual({
      version: 1,
      currentReleaseUnprocessed: { configDefinition: { app: 'one' }, imageRef: 'nginx' },
    });
  });

  test('secrets without their values, and an organization that pays', async () => {
    await fly.post('/v1/apps/one/secrets', { values: { KEY: 'confidential' } });
    const query = '{ app(name: "one") { secrets { name digest } organization { billingStatus paidPlan } } }';
    expect((await ask(query)).data.app).toEqual({
      secrets: [{ name: 'KEY', digest: expect.stringMatching(/^[0-9a-f]{16}$/) }],
      organization: { billingStatus: 'CURRENT', paidPlan: true },
    });
  });

  test('bluegreen stands under the quota of machines', async () => {
    const query = '{ canPerformBluegreenDeployment(name: "one") }';
    expect((await ask(query)).data).toEqual({ canPerformBluegreenDeployment: true });
    fly.admin.seedMachine({ app: 'one' });
    expect((await ask(query)).data).toEqual({ canPerformBluegreenDeployment: false });
  });

  test('peers that nobody has made are not valid', async () => {
    const query =
      'mutation ($input: ValidateWireGuardPeersInput!) { validateWireGuardPeers(input: $input) { invalidPeerIps } }';
    const { data } = await ask(query, { input: { peerIps: ['fdaa:0:1::2'] } });
    expect(data.validateWireGuardPeers.invalidPeerIps).toEqual(['fdaa:0:1::2']);
  });
});

test('a document that cannot be carried out says where it is wrong', async () => {
  expect((await ask('{ nosuch }')).errors[0]).toMatchObject({
    message: expect.stringContaining('nosuch'),
    locations: [{ line: 1, column: 3 }],
  });
  expect((await ask('{ viewer')).errors[0].message).toContain('Syntax Error');
  expect((await fly.post('/graphql', {})).body).toEqual({ errors: [{ message: 'No query string was present' }] });
});

test('the log of requests tells a query from a mutation', async () => {
  fly.requests.clear();
  await ask('{ viewer { email } }');
  await ask('mutation { deleteLimitedAccessToken(input: {id: "none"}) { token } }');
  expect(fly.requests.list().map(({ operation, writes }) => [operation, writes])).toEqual([
    ['GraphQL', false],
    ['GraphQL', true],
  ]);
});
