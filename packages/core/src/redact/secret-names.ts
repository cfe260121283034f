/**
 * Whether a variable of this name holds something secret, whoever it is for. The one list of such names; what a provider knows
 * beyond it, it hides with `OperationContext.hide`.
 */
export function isSecretName(name: string): boolean {
  return /TOKEN|SECRET|PASSWORD|PASSPHRASE|CREDENTIAL|(?:^|_)KEY$/i.test(name);
}

/** The values of `env` that must never be seen. */
export function* secretValues(env: Readonly<Record<string, string | undefined>>): Generator<string> {
  for (const [name, value] of Object.entries(env)) {
    // A switch such as USE_TOKEN=true is no secret, and hiding the word would spoil every text.
    if (value !== undefined && isSecretName(name) && !/^(true|false)$/i.test(value)) yield value;
  }
}
