/**
 * What the operator gave this part cannot be used. The message is one line: what is wrong, and what to write.
 * - `bad-server-key`: the key that signs what computers are told.
 * - `bad-trust-bundle`: the certificates that a token's are checked against.
 */
export class DevicesSetupError extends Error {
  override name = 'DevicesSetupError';
  readonly code: 'bad-server-key' | 'bad-trust-bundle';
  constructor(code: DevicesSetupError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
