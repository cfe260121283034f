test("a run without ssh2's native addons is one", () => {
  const { bindingAvailable } = require('ssh2/lib/protocol/crypto.js') as { bindingAvailable: boolean };
  if (process.env.SINDRI_WITHOUT_SSH_ADDONS === '1') expect(bindingAvailable).toBe(false);
  else expect(typeof bindingAvailable).toBe('boolean');
});
