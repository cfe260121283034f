/** What a channel needs to know about the connection below it. */
export interface Link {
  /** For people: `[2001:db8::1]:10022`. */
  readonly where: string;
  /** Why the connection is over, or `null` while it stands. */
  broken(): Error | null;
  /** Whether it is over because this side wanted it: closed, or aborted. */
  deliberate(): boolean;
}
