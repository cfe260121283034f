import { parseDotenv } from '../../../src/config/secrets/dotenv.js';

const values = (text: string): Record<string, string> => Object.fromEntries(parseDotenv(text).values);

describe('parseDotenv', () => {
  it.each([
    ['A=b', 'b'],
    ['A=', ''],
    ['  A = b  ', 'b'],
    ['export A=b', 'b'],
    ['export\tA=b', 'b'],
    ['A=b # comment', 'b'],
    ['A= # comment', ''],
    ['A=b#c', 'b#c'],
    ['A=#b', '#b'],
    ['A=b c d', 'b c d'],
    ['A=b=c==', 'b=c=='],
    ['A="b # c"', 'b # c'],
    ['A="b" # comment', 'b'],
    ["A='b'", 'b'],
    ["A='b\\n$C'", 'b\\n$C'],
    ['A="b\\nc\\td\\"e\\\\f\\$g"', 'b\nc\td"e\\f$g'],
    ['A="b\\qc"', 'b\\qc'],
    ['A="line 1\nline 2"', 'line 1\nline 2'],
    ["A='-----BEGIN-----\nabc\n-----END-----\n'", '-----BEGIN-----\nabc\n-----END-----\n'],
    ['A="b\r\nc"', 'b\nc'],
    ['A=${B}', '${B}'],
    ["A=it's", "it's"],
    ['A=" b "', ' b '],
    ['\uFEFFA=b', 'b'],
    ['# A=x\n\nA=b', 'b'],
    ['A=x\nA=b', 'b'],
    ['A=ü✓', 'ü✓'],
    ['A=""', ''],
  ])('%j', (text, value) => {
    expect(parseDotenv(text).faults).toEqual([]);
    expect(values(text)).toEqual({ A: value });
  });

  it('reads on behind a value of several lines', () => {
    expect(values('A="1\n2\n3"\nB=4\r\nexport C=\'5\n6\' # x\nD=7')).toEqual({
      A: '1\n2\n3',
      B: '4',
      C: '5\n6',
      D: '7',
    });
  });

  it('says where it does not understand, and never what is there', () => {
    expect(parseDotenv('A=1\nhunter2\nB="x\ny" hunter2\nC=3\nexport D\n=x\nE="hunter2\nF=4')).toMatchObject({
      faults: [
        { line: 2, message: 'is no `NAME=value`' },
        { line: 3, message: 'has something behind the closing quote' },
        { line: 4, message: 'is no `NAME=value`' },
        { line: 6, message: 'is no `NAME=value`' },
        { line: 7, message: 'is no `NAME=value`' },
        { line: 8, message: 'has a quote that is never closed' },
      ],
    });
    expect(values('A=1\nhunter2\nE="x\nF=4')).toEqual({ A: '1', F: '4' });
  });

  it('is at ease with names that objects have', () => {
    expect([...parseDotenv('constructor=1\n__proto__=2').values]).toEqual([
      ['constructor', '1'],
      ['__proto__', '2'],
    ]);
  });
});
