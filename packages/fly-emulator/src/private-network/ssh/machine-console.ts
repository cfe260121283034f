import type { EmulatorClock } from '../../clock.js';
import type { MachineRecord } from '../../records.js';
import type { ConsoleAccess } from '../../runtime/console.js';
import { deriveHostKey } from '../../runtime/ssh/derived-host-key.js';
import type { Store } from '../../store.js';
import { createSshAuthority, type SshAuthority } from './authority.js';
import { certificateLogin } from './certificate-login.js';

/** The authorities of all organisations. */
export function createSshAuthorities({ state }: Store): (org: string) => SshAuthority {
  const known = new Map<string, SshAuthority>();
  return (org) => {
    const authority = known.get(org) ?? createSshAuthority(state.hostKeySeed, org);
    known.set(org, authority);
    return authority;
  };
}

/** Fly's own SSH server of a machine: a host key that stays, and logins by certificate. */
export function machineConsole(
  store: Store,
  clock: EmulatorClock,
  authorityOf: (org: string) => SshAuthority,
  { id, app }: MachineRecord,
): ConsoleAccess {
  return {
    // Whoever is there has come through the tunnel, and checks no key; it is the machine's own all the same.
    hostKeyPem: () => deriveHostKey(store.state.hostKeySeed, `hallpass ${id}`).privatePem,
    login: certificateLogin({
      app,
      authority: () => authorityOf(store.app(app)?.org ?? ''),
      now: () => clock.now(),
    }),
  };
}
