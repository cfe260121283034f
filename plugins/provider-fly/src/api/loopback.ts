/** Whether what has this name is on this computer: a local emulator, a proxy, or a page of theirs. `hostname`: as a `URL` has it. */
export function isLoopback(hostname: string): boolean {
  return /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])$/.test(hostname);
}
