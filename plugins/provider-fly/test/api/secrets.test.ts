import { secretsApi } from '../../src/api/secrets';
import { FlyApiError } from '../../src/api/errors';
import type { Send } from '../../src/api/send';

/** Answers by endpoint name, and remembers what was asked. */
function scripted(answers: Record<string, unknown>): { send: Send; asked: unknown[] } {
  const asked: unknown[] = [];
  const send = (async (name: string, { params, body }: { params: Record<string, string>; body?: unknown }) => {
    asked.push([name, params.name ?? null, body ?? null]);
    const answer = answers[name];
    if (answer instanceof Error) throw answer;
    return answer;
  }) as Send;
  return { send, asked };
}

function refusal(status: number): FlyApiError {
  return new FlyApiError({ code: 'FLY_REQUEST_REFUSED', kind: 'refused', message: 'no', status });
}

const values = { A: '1', GONE: null };

describe('setting secrets', () => {
  it('is one call where Fly knows it', async () => {
    const { send, asked } = scripted({ setSecrets: { secrets: [{ name: 'A', digest: 'd' }], version: 7 } });
    expect(await secretsApi(send).set('app', values)).toEqual({ secrets: [{ name: 'A', digest: 'd' }], version: 7 });
    expect(asked).toEqual([['setSecrets', null, { values }]]);
  });

  it('goes one by one where the server does not know that call', async () => {
    const { send, asked } = scripted({
      setSecrets: refusal(405),
      setSecret: { name: 'A', version: 8 },
      deleteSecret: { Version: 9 },
      listSecrets: { secrets: [{ name: 'A', digest: 'd' }] },
    });
    expect(await secretsApi(send).set('app', values)).toEqual({ secrets: [{ name: 'A', digest: 'd' }], version: 9 });
    expect(asked).toEqual([
      ['setSecrets', null, { values }],
      ['setSecret', 'A', { value: '1' }],
      ['deleteSecret', 'GONE', null],
      ['listSecrets', null, null],
    ]);
  });

  it('takes any other refusal for one', async () => {
    const { send, asked } = scripted({ setSecrets: refusal(403) });
    await expect(secretsApi(send).set('app', values)).rejects.toMatchObject({ status: 403 });
    expect(asked).toHaveLength(1);
  });
});
