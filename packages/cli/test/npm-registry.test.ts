import { tryAgainSooner } from '../src/npm-registry';

describe('a registry that does not answer', () => {
  it('is asked again within seconds', () => {
    const env = {};
    tryAgainSooner(env);
    expect(env).toEqual({ npm_config_fetch_retry_mintimeout: '1000', npm_config_fetch_retry_maxtimeout: '5000' });
  });

  it.each([
    ['NPM_CONFIG_FETCH_RETRY_MAXTIMEOUT', '500'],
    ['npm_config_fetch_retry_mintimeout', '20000'],
  ])('is asked as somebody has said: npm refuses a first pause that is longer than the last, %s', (name, value) => {
    const env = { [name]: value };
    tryAgainSooner(env);
    expect(env).toEqual({ [name]: value });
  });
});
