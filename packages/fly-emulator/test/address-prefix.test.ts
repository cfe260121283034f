import { claimAddressPrefix } from '../src/address-prefix';
import { createRandom } from '../src/random';

const always = (value: number) => (() => value) as ReturnType<typeof createRandom>;

describe('the loopback addresses of an emulator', () => {
  it('are its own: two emulators with the same seed get different ones', async () => {
    const first = await claimAddressPrefix(createRandom(7, 0));
    const second = await claimAddressPrefix(createRandom(7, 0));
    expect(second.bytes).not.toEqual(first.bytes);
    await first.release();
    await second.release();
  });

  it('are refused to a second emulator on the same state directory', async () => {
    const first = await claimAddressPrefix(createRandom(8, 0));
    await expect(claimAddressPrefix(createRandom(9, 0), first.bytes)).rejects.toThrow('another emulator');
    await first.release();
  });

  it('begin at 127.0.0.1 where the loopback interface has no other address', async () => {
    const prefix = await claimAddressPrefix(always(0.5), undefined, async () => 'no such address');
    expect(prefix.bytes).toEqual([0, 0]);
    await prefix.release();
  });
});
