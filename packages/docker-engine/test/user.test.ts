import { createEngineOpener, findUser } from '../src/index.js';
import { tarOf } from '../src/tar.js';
import { startFakeEngine } from './fake-engine.js';

const wanted = { name: 'developer', home: '/alt/home/developer' };

// An engine refuses a user that it does not know only in the stream of a process that has begun, as if that had said so.
test.each([
  [
    'where the image has him',
    'root:x:0:0::/root:/bin/sh\ndeveloper:x:1000:1000::/alt/home/developer:/bin/sh\n',
    wanted,
  ],
  ['else the own one of the image, in the same place', 'root:x:0:0::/root:/bin/sh\n', { ...wanted, name: '' }],
  ['not one whose name only begins so', 'developers:x:1:1::/:/bin/sh\n', { ...wanted, name: '' }],
  ['nobody at all in an image without users', null, { ...wanted, name: '' }],
])('the user of a process: %s', async (_what, passwd, expected) => {
  const fake = await startFakeEngine(({ url }, response) => {
    expect(url).toBe('/containers/c1/archive?path=%2Fetc%2Fpasswd');
    response.setHeader('content-type', 'application/x-tar');
    if (passwd !== null) return void response.end(tarOf('passwd', Buffer.from(passwd), 0o644));
    response.statusCode = 404;
    response.end('{"message":"Could not find the file /etc/passwd in container c1"}');
  });
  try {
    expect(await findUser(await createEngineOpener()(fake.context), 'c1', wanted)).toEqual(expected);
  } finally {
    await fake.stop();
  }
});
