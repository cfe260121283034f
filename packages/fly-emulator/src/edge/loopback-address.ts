/**
 * The IPv4 loopback address behind an address as the API shows it. An IPv4-mapped IPv6 address (`::ffff:7f05:102`) is reached
 * over IPv4, so one listener serves clients of both kinds, also where the computer itself has no IPv6. `null` for any other.
 */
export function loopbackAddress(ip: string): string | null {
  if (/^127\.\d+\.\d+\.\d+$/.test(ip)) return ip;
  const mapped = /^(?:0:0:0:0:0|:):ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(ip);
  if (!mapped) return null;
  const [high, low] = [parseInt(mapped[1] ?? '', 16), parseInt(mapped[2] ?? '', 16)];
  return high >> 8 === 127 ? [high >> 8, high & 255, low >> 8, low & 255].join('.') : null;
}
