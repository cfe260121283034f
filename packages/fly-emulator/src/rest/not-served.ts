/** Operations of Fly's published description that the emulator does not serve, and why. They are answered with 501 and the reason. */
export const NOT_SERVED: Readonly<Record<string, string>> = {
  ...because('certificates need a public host name and an authority; nothing on loopback could use them', [
    'POST /apps/{app_name}/certificates/acme',
    'POST /apps/{app_name}/certificates/custom',
    'GET /apps/{app_name}/certificates/{hostname}',
    'DELETE /apps/{app_name}/certificates/{hostname}',
    'DELETE /apps/{app_name}/certificates/{hostname}/acme',
    'POST /apps/{app_name}/certificates/{hostname}/check',
    'DELETE /apps/{app_name}/certificates/{hostname}/custom',
  ]),
  ...because('key management: no deployment tool touches it, and its ciphertexts would have to be Fly-compatible', [
    'GET /apps/{app_name}/secretkeys/{secret_name}',
    'POST /apps/{app_name}/secretkeys/{secret_name}',
    'DELETE /apps/{app_name}/secretkeys/{secret_name}',
    'POST /apps/{app_name}/secretkeys/{secret_name}/decrypt',
    'POST /apps/{app_name}/secretkeys/{secret_name}/encrypt',
    'POST /apps/{app_name}/secretkeys/{secret_name}/generate',
    'POST /apps/{app_name}/secretkeys/{secret_name}/sign',
    'POST /apps/{app_name}/secretkeys/{secret_name}/verify',
    'POST /tokens/kms',
  ]),
  ...because('verifies macaroons for other services; tokens of the emulator are plain random text', [
    'POST /tokens/authenticate',
    'POST /tokens/authorize',
  ]),
  ...because('issues tokens to programs inside machines for third parties, who would not trust an emulator', [
    'POST /tokens/oidc',
  ]),
};

function because(reason: string, operations: string[]): Record<string, string> {
  return Object.fromEntries(operations.map((operation) => [operation, reason]));
}
