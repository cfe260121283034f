import { authorizationHeader, isEmptyToken, parseToken } from '../../src/auth/token';

describe('parseToken', () => {
  it.each([
    ['fo1_abc', 'Bearer fo1_abc'],
    ['  Bearer fo1_abc\n', 'Bearer fo1_abc'],
    ['fm2_aaa,fm2_bbb', 'FlyV1 fm2_aaa,fm2_bbb'],
    ['FlyV1 fm2_aaa, fm2_bbb', 'FlyV1 fm2_aaa,fm2_bbb'],
    ['Bearer FlyV1 fm1r_aaa', 'FlyV1 fm1r_aaa'],
    ['flyv1 bearer fm1a_aaa', 'FlyV1 fm1a_aaa'],
    ['fm2_aaa,fo1_user', 'FlyV1 fm2_aaa'],
  ])('%j is sent as %j', (text, header) => {
    expect(authorizationHeader(parseToken(text))).toBe(header);
  });

  it.each(['', '   ', 'Bearer ', ' , '])('%j holds nothing', (text) => {
    expect(isEmptyToken(parseToken(text))).toBe(true);
  });
});
