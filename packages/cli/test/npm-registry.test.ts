import { tryAgainSooner } from '../src/npm-registry';

it('npm asks a silent registry again within seconds, unless somebody has said otherwise', () => {
  const env: Record<string, string> = { NPM_CONFIG_FETCH_RETRY_MAXTIMEOUT: '90000' };
  tryAgainSooner(env);
  expect(env).toEqual({ NPM_CONFIG_FETCH_RETRY_MAXTIMEOUT: '90000', npm_config_fetch_retry_mintimeout: '1000' });
});
