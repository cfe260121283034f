import type { EndpointName } from '../../src/api/endpoints';
import { refusalError } from '../../src/api/errors';

interface Answer {
  status: number;
  text: string;
  statusCode?: string;
  endpoint?: EndpointName;
  gpu?: boolean;
  origin?: string;
}

const judge = ({ status, text, statusCode, endpoint = 'createMachine', gpu, origin }: Answer) =>
  refusalError(
    {
      status,
      endpoint,
      what: 'do it',
      text,
      statusCode: statusCode ?? null,
      isJson: true,
      origin: origin ?? 'https://api.machines.dev',
      subject: { app: 'demo', region: 'sjc', gpu },
      tokenOrigin: 'FLY_API_TOKEN',
    },
    { requestId: '01ABC-sjc', isRead: false },
  );

/** Bodies as seen on the wire → what they mean for people. */
const table: [string, Answer, { code: string; kind: string; scope?: string }][] = [
  [
    'bad token',
    { status: 401, text: 'Authenticate: token validation error' },
    { code: 'FLY_TOKEN_REFUSED', kind: 'auth' },
  ],
  ['rate limit', { status: 429, text: 'rate limit exceeded' }, { code: 'FLY_RATE_LIMITED', kind: 'incomplete' }],
  [
    'region full, by code',
    { status: 422, text: 'could not find a candidate host', statusCode: 'insufficient_capacity' },
    { code: 'FLY_NO_CAPACITY', kind: 'refused', scope: 'region' },
  ],
  [
    'region full for a volume',
    { status: 400, text: 'no capacity', endpoint: 'createVolume' },
    { code: 'FLY_NO_CAPACITY', kind: 'refused', scope: 'region' },
  ],
  [
    'the host of the volume is full',
    {
      status: 412,
      text: "insufficient resources to create new machine with existing volume id 'vol_1'",
      statusCode: 'volume_placement_capacity',
    },
    { code: 'FLY_NO_CAPACITY', kind: 'refused', scope: 'volume' },
  ],
  [
    'host full on update',
    {
      status: 409,
      text: 'aborted: could not reserve resource for machine: insufficient CPUs available to fulfill request on the current host',
      endpoint: 'updateMachine',
    },
    { code: 'FLY_NO_CAPACITY', kind: 'refused', scope: 'host' },
  ],
  [
    'host full on create',
    {
      status: 409,
      text: 'aborted: insufficient resources available to fulfill request: insufficient memory available',
    },
    { code: 'FLY_NO_CAPACITY', kind: 'refused', scope: 'host' },
  ],
  [
    'no addresses left on the host',
    { status: 409, text: 'aborted: insufficient IPs available' },
    { code: 'FLY_NO_CAPACITY', kind: 'refused', scope: 'host' },
  ],
  [
    'app name taken',
    {
      status: 422,
      text: 'Validation failed: Name has already been taken',
      statusCode: 'name_taken',
      endpoint: 'createApp',
    },
    { code: 'FLY_APP_NAME_TAKEN', kind: 'refused' },
  ],
  [
    'app name invalid',
    {
      status: 422,
      text: 'Validation failed: Name under 63 chars using numbers, lowercase letters and dashes',
      endpoint: 'createApp',
    },
    { code: 'FLY_APP_NAME_INVALID', kind: 'usage' },
  ],
  [
    'a uniqueness constraint is not a taken name',
    { status: 422, text: 'uniqueness constraint violated', endpoint: 'createApp' },
    { code: 'FLY_REQUEST_REFUSED', kind: 'refused' },
  ],
  [
    'quota',
    { status: 403, text: 'organization "X" is using 4096 MB of memory in dfw which is over the allowed quota.' },
    { code: 'FLY_QUOTA', kind: 'refused' },
  ],
  ['another organization', { status: 403, text: '' }, { code: 'FLY_FORBIDDEN', kind: 'refused' }],
  ['a GPU', { status: 422, text: 'whatever Fly says', gpu: true }, { code: 'FLY_GPU_REFUSED', kind: 'refused' }],
  [
    'race',
    { status: 409, text: 'aborted: machine update failed due to concurrent update', endpoint: 'updateMachine' },
    { code: 'FLY_MACHINE_CHANGED', kind: 'incomplete' },
  ],
  [
    'still active',
    { status: 412, text: 'failed_precondition: machine still active, refusing to start', endpoint: 'startMachine' },
    { code: 'FLY_MACHINE_BUSY', kind: 'incomplete' },
  ],
  ['not found', { status: 404, text: 'app not found', endpoint: 'getApp' }, { code: 'FLY_NOT_FOUND', kind: 'refused' }],
  ['a 5xx body is never read', { status: 500, text: 'no capacity' }, { code: 'FLY_API_ERROR', kind: 'incomplete' }],
];

describe('the error table', () => {
  it.each(table)('%s', (_title, answer, expected) => {
    const error = judge(answer);
    expect({ code: error.code, kind: error.kind, scope: error.details.scope }).toEqual({
      scope: undefined,
      ...expected,
    });
    expect(error.details.requestId).toBe('01ABC-sjc');
  });

  it('names holder and expiry of a lease', () => {
    const error = judge({
      status: 409,
      text: 'aborted: machine ID 3d8d lease currently held by 0b0c@tokens.fly.io, expires at 2026-08-14T09:57:35Z',
    });
    expect(error).toMatchObject({
      code: 'FLY_LEASE_HELD',
      kind: 'incomplete',
      details: { holder: '0b0c@tokens.fly.io', expiresAt: '2026-08-14T09:57:35Z' },
    });
  });

  it('names the machine that has the name', () => {
    const text = 'already_exists: unique machine name violation, machine ID 3d8d9e already exists with name "demo-1"';
    expect(judge({ status: 409, text })).toMatchObject({
      code: 'FLY_MACHINE_NAME_TAKEN',
      details: { machineId: '3d8d9e' },
    });
  });

  it('says which regions to try', () => {
    const error = judge({ status: 422, text: 'could not find a candidate host', statusCode: 'insufficient_capacity' });
    expect(error.hint).toContain('lax');
    expect(error.hint).toContain('providers.fly.region');
  });

  it('sends nobody to the status page of Fly for the trouble of an emulator or a proxy', () => {
    const answer = { status: 503, text: 'the disk is full' };
    expect(judge(answer)).toMatchObject({
      message: 'Fly failed to do it: the disk is full',
      hint: expect.stringContaining('status.flyio.net'),
    });
    expect(judge({ ...answer, origin: 'http://127.0.0.1:4280' })).toMatchObject({
      message: 'http://127.0.0.1:4280 failed to do it: the disk is full',
      hint: expect.not.stringContaining('status.flyio.net'),
    });
  });

  it('says of a call that is not known on this computer that the emulator may be older', () => {
    const answer = { status: 404, text: 'page not found' };
    expect(judge({ ...answer, origin: 'http://127.0.0.1:4280' })).toMatchObject({
      code: 'FLY_ENDPOINT_MISSING',
      hint: expect.stringContaining('`sindri emulator stop`, which keeps'),
    });
    expect(judge(answer).hint).not.toContain('emulator');
  });

  it('knows which answers leave the outcome open', () => {
    expect(judge({ status: 500, text: '' }).outcomeUnknown).toBe(true);
    expect(judge({ status: 408, text: '' }).outcomeUnknown).toBe(true);
    expect(judge({ status: 422, text: '' }).outcomeUnknown).toBe(false);
  });
});
