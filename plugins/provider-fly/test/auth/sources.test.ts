import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCredentialStore } from '@sindri/core';
import { findToken, requireSource } from '../../src/auth/sources';

describe('findToken', () => {
  let home: string;
  let hidden: string[];
  const context = (env: Record<string, string>) => ({
    env,
    stateDir: path.join(home, 'state'),
    hide: (value: string) => void hidden.push(value),
  });
  const find = ({ env }: { env: Record<string, string> }) => findToken(context(env));
  /** Without a PATH there is no keyring. */
  const keep = (token: string, audience = 'https://api.fly.io') =>
    createCredentialStore({ ...context({}), name: 'fly' }).keep(token, audience);

  beforeEach(() => {
    hidden = [];
    home = mkdtempSync(path.join(tmpdir(), 'sindri-home-'));
    mkdirSync(path.join(home, '.fly'));
  });

  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('takes FLY_ACCESS_TOKEN before FLY_API_TOKEN before the file of flyctl', async () => {
    writeFileSync(path.join(home, '.fly/config.yml'), 'access_token: fm2_file,fm2_more\nlast_login: 2026-01-01\n');
    const all = { HOME: home, FLY_ACCESS_TOKEN: 'fo1_access', FLY_API_TOKEN: 'fo1_api' };
    expect(await find({ env: all })).toMatchObject({
      origin: 'FLY_ACCESS_TOKEN',
      token: { personal: ['fo1_access'] },
    });
    expect(await find({ env: { ...all, FLY_ACCESS_TOKEN: ' ' } })).toMatchObject({ origin: 'FLY_API_TOKEN' });
    expect(await find({ env: { HOME: home } })).toMatchObject({
      origin: '~/.fly/config.yml',
      token: { macaroons: ['fm2_file', 'fm2_more'] },
    });
  });

  it('says which variable is there and empty: a job that gets no secrets has one', async () => {
    await expect(find({ env: { HOME: home } })).rejects.toThrow(
      'FLY_ACCESS_TOKEN and FLY_API_TOKEN are not set, and no',
    );
    await expect(find({ env: { HOME: home, FLY_API_TOKEN: '' } })).rejects.toThrow('FLY_API_TOKEN is empty, and no');
    const both = { HOME: home, FLY_API_TOKEN: ' ', FLY_ACCESS_TOKEN: '' };
    await expect(find({ env: both })).rejects.toThrow('FLY_ACCESS_TOKEN and FLY_API_TOKEN are empty, and no');
  });

  it('takes what Sindri keeps after the environment and before the file of flyctl', async () => {
    writeFileSync(path.join(home, '.fly/config.yml'), 'access_token: fo1_file\n');
    await keep('fm2_kept,fm2_more');
    expect(await find({ env: { HOME: home, FLY_API_TOKEN: 'fo1_api' } })).toMatchObject({ origin: 'FLY_API_TOKEN' });
    expect(await find({ env: { HOME: home } })).toMatchObject({
      origin: path.join(home, 'state/credentials/fly.json'),
      token: { macaroons: ['fm2_kept', 'fm2_more'] },
    });
    expect(hidden).toEqual(expect.arrayContaining(['fm2_kept', 'fm2_more']));
  });

  it('never gives what is kept for Fly to another address, nor the other way round', async () => {
    await keep('fm2_kept');
    const elsewhere = { FLY_API_BASE_URL: 'http://127.0.0.1:4280' };
    await expect(find({ env: elsewhere })).rejects.toMatchObject({ code: 'FLY_TOKEN_MISSING' });
    await keep('fm2_local', 'http://127.0.0.1:4280');
    await expect(find({ env: {} })).rejects.toMatchObject({ code: 'FLY_TOKEN_MISSING' });
    expect(await find({ env: elsewhere })).toMatchObject({ token: { macaroons: ['fm2_local'] } });
  });

  it('does not make somebody else of a person whose kept sign-in is damaged', async () => {
    writeFileSync(path.join(home, '.fly/config.yml'), 'access_token: fo1_file\n');
    await keep('fm2_kept');
    writeFileSync(path.join(home, 'state/credentials/fly.json'), '{}');
    await expect(find({ env: { HOME: home } })).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
  });

  it('reads the file in FLY_CONFIG_DIR, and leaves it as it is', async () => {
    const dir = path.join(home, 'elsewhere');
    mkdirSync(dir);
    const file = path.join(dir, 'config.yml');
    writeFileSync(file, 'access_token: fo1_there\n');
    const found = await find({ env: { HOME: home, FLY_CONFIG_DIR: dir } });
    expect(found.origin).toBe(file);
    expect(readFileSync(file, 'utf8')).toBe('access_token: fo1_there\n');
  });

  it.each(['', 'access_token: ""', '{ not yaml', '- a list'])('a file that says %j is no sign-in', async (text) => {
    writeFileSync(path.join(home, '.fly/config.yml'), text);
    await expect(find({ env: { HOME: home } })).rejects.toMatchObject({
      code: 'FLY_TOKEN_MISSING',
      kind: 'auth',
      hint: expect.stringMatching(/^Run `sindri auth login`/),
    });
  });

  it('hides every piece of what it finds, and nothing else', async () => {
    writeFileSync(path.join(home, '.fly/config.yml'), 'access_token: fm2_file,fm2_more\n');
    await find({ env: { HOME: home } });
    expect(hidden).toEqual(['fm2_file', 'fm2_more']);
    hidden = [];
    await expect(find({ env: {} })).rejects.toThrow();
    expect(hidden).toEqual([]);
  });

  it.each([
    ['fm2_abc…', 'ellipsis'],
    ['fm2_abc...', 'ellipsis'],
    ['fm2_abc\ndef', 'several lines'],
    ['fm2_abc def', 'blank'],
    ['fm2_abcé', 'character'],
    ['fm2_abc\u0000', 'character'],
  ])('refuses %j, which no request can carry, and hides it', async (token, why) => {
    await expect(find({ env: { FLY_API_TOKEN: token } })).rejects.toMatchObject({
      code: 'FLY_TOKEN_REFUSED',
      kind: 'auth',
      message: expect.stringMatching(new RegExp(`FLY_API_TOKEN.*${why}`)),
    });
    expect(hidden).toEqual(token.split(/\s/));
  });

  it.each(['"fm2_abc"', "'fm2_abc'", '“fm2_abc”', ' "FlyV1 fm2_abc" '])('takes the quotes off %s', async (token) => {
    expect(await find({ env: { FLY_API_TOKEN: token } })).toMatchObject({ token: { macaroons: ['fm2_abc'] } });
  });

  it('does not read a file without end', async () => {
    symlinkSync('/dev/zero', path.join(home, '.fly/config.yml'));
    await expect(find({ env: { HOME: home } })).rejects.toMatchObject({ code: 'FLY_TOKEN_MISSING' });
    rmSync(path.join(home, '.fly/config.yml'));
    writeFileSync(path.join(home, '.fly/config.yml'), `access_token: fo1_x\n${'#'.repeat(300_000)}`);
    await expect(find({ env: { HOME: home } })).rejects.toMatchObject({ code: 'FLY_TOKEN_MISSING' });
  });

  it('tells that there is nothing, and what cannot be sent, without a keyring', async () => {
    await expect(requireSource(context({}))).rejects.toMatchObject({ code: 'FLY_TOKEN_MISSING' });
    await expect(requireSource(context({ FLY_API_TOKEN: 'fm2_a\nb' }))).rejects.toMatchObject({
      code: 'FLY_TOKEN_REFUSED',
    });
    await expect(requireSource(context({ FLY_API_TOKEN: 'fm2_ab' }))).resolves.toBeUndefined();
    await keep('fo1_kept');
    await expect(requireSource(context({}))).resolves.toBeUndefined();
  });

  it('says which variables it looked at when there is nothing at all', async () => {
    await expect(find({ env: {} })).rejects.toThrow(/FLY_ACCESS_TOKEN and FLY_API_TOKEN/);
  });
});
