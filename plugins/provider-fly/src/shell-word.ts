/** For a POSIX shell, so that the argument arrives as it is. */
export function quoted(argument: string): string {
  return `'${argument.replace(/'/g, `'\\''`)}'`;
}
