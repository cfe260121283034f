import { homePath, markers } from '@sindri/image-contract';
import type { SindriError } from '@sindri/core';
import type { WireMachine } from '../api/types.js';
import type { SshAddress } from '@sindri/ssh';
import type { MachineWork } from '../machine/work.js';
import { holdDescription } from '../planner/index.js';
import { flyError } from '../fly-error.js';
import { holdTiming } from './timing.js';

/** The secret with which what runs inside may act on its own machine. */
export const tokenSecret = 'FLY_API_TOKEN';

const LOOK_SECONDS = 2;
/** The image's sshd hangs up on who does not log in after two minutes. */
const CONNECTION_SECONDS = 60;

/**
 * What keeps a machine awake from inside while its extensions install: takes the lease and renews it, and holds a connection to the app's own
 * address open, which goes out and comes back through the edge. Ends with the installation. Arguments: the request for the lease, the
 * seconds it may take, then `host port` pairs. The token is read from the environment of the machine and written to curl's standard input:
 * it is in no argument that `ps` shows.
 */
const guard = `
body=\${1} limit=\${2}
shift 2
token=\${FLY_API_TOKEN:-$(tr '\\0' '\\n' </proc/1/environ 2>/dev/null | sed -n 's/^FLY_API_TOKEN=//p')}
token=\${token#FlyV1 }
url=\${FLY_FLAPS_BASE_URL:-http://_api.internal:4280}/v1/apps/$FLY_APP_NAME/machines/$FLY_MACHINE_ID/lease
nonce=
ask() {
  printf 'header = "authorization: Bearer %s"\\n' "$token" |
    curl -fsS -m 20 -K - -X "\${1}" -H 'content-type: application/json' \${nonce:+-H "fly-machine-lease-nonce: $nonce"} \${2:+-d "\${2}"} "$url"
}
take() {
  answer=$(ask POST "$body") || { nonce=; return; }
  nonce=$(printf %s "$answer" | sed -n 's/.*"nonce" *: *"\\([^"]*\\)".*/\\1/p')
}
connect() {
  while [ $# -gt 1 ]; do
    if exec 4<>"/dev/tcp/\${1}/\${2}"; then exec 3<&4 4<&-; return; fi 2>/dev/null
    shift 2
  done
}
trap '[ -z "$nonce" ] || ask DELETE >/dev/null' EXIT
trap 'exit 0' TERM INT HUP
began=$SECONDS renewed=-${holdTiming.leaseRenewMs / 1_000} connected=-${CONNECTION_SECONDS}
marker="\${ALT_HOME:-${homePath}}${markers.installation.slice(homePath.length)}"
while [ ! -e "$marker" ] && [ $((SECONDS - began)) -lt "$limit" ]; do
  if [ -z "$nonce" ] || [ $((SECONDS - renewed)) -ge ${holdTiming.leaseRenewMs / 1_000} ]; then take; renewed=$SECONDS; fi
  if [ $((SECONDS - connected)) -ge ${CONNECTION_SECONDS} ]; then connect "$@"; connected=$SECONDS; fi
  sleep ${LOOK_SECONDS}
done
`;

/** Starts it, out of reach of whatever started it, and once only. */
const startGuard = `
command -v curl >/dev/null && command -v bash >/dev/null && command -v setsid >/dev/null || exit 3
pid="\${ALT_HOME:-${homePath}}/.sindri/guard.pid"
if [ -e "$pid" ] && kill -0 "$(cat "$pid")" 2>/dev/null; then exit 0; fi
script=\${1}
shift
setsid bash -c "$script" guard "$@" </dev/null >/dev/null 2>&1 &
echo $! >"$pid"
`;

/**
 * Leaves a guard inside a machine. Throws `FLY_GUARD_IMPOSSIBLE` when the app has no token for it, or the image lacks what it needs.
 */
export async function leaveGuard(
  work: MachineWork,
  machine: WireMachine,
  { reason, durationMs, addresses }: { reason: string; durationMs: number; addresses: readonly SshAddress[] },
): Promise<void> {
  const secrets = await work.api.secrets.list(work.app);
  if (!secrets.some(({ name }) => name === tokenSecret)) {
    throw guardImpossible(
      machine,
      `the app has no secret ${tokenSecret}`,
      `Add ${tokenSecret} to \`secrets\` in sindri.yaml and deploy again, or wait: \`sindri deploy\` without --detach holds it from here.`,
    );
  }
  const { random } = work.context;
  const id = Math.floor(random() * 2 ** 32).toString(36);
  const places = addresses.flatMap(({ host, port }) => [host.replace(/^\[|\]$/g, ''), String(port)]);
  const lease = { ttl: holdTiming.leaseTtlSeconds, description: holdDescription(reason, 'a guard inside', id) };
  const words = [JSON.stringify(lease), String(Math.ceil(durationMs / 1_000)), ...places];
  const { exit_code, stderr } = await work.api.machines.exec(work.app, machine.id, {
    command: ['sh', '-c', startGuard, 'sh', guard, ...words],
    timeoutSeconds: holdTiming.execSeconds,
  });
  if (exit_code === 0) return;
  const why =
    exit_code === 3 ? 'its image lacks curl, bash or setsid' : stderr.trim().split('\n')[0] || 'it did not start';
  throw guardImpossible(machine, why, 'Hold it from here: `sindri hold 1h`.');
}

function guardImpossible({ id, name }: WireMachine, why: string, hint: string): SindriError {
  return flyError({
    code: 'FLY_GUARD_IMPOSSIBLE',
    kind: 'refused',
    message: `No guard can be left in machine ${name}: ${why}.`,
    hint,
    details: { machine: id },
  });
}
