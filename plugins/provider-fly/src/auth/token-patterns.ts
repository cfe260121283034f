/** What Fly's tokens look like: macaroons, OAuth tokens, and whatever follows its authorization scheme, which may be a list. */
export const tokenPatterns: readonly RegExp[] = [
  /\b(FlyV1)\s+[A-Za-z0-9+/=_,.-]{4,}/,
  /\b(?:fm1r|fm1a|fm2)_[A-Za-z0-9+/=_-]{4,}/,
  /\bfo1_[A-Za-z0-9_-]{4,}/,
];
