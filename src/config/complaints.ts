/** Everything that is wrong with the settings, at once. `lines` are for the person who starts the service. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly code = 'bad-settings';
  readonly lines: readonly string[];
  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

/** Gathers one line a setting. */
export class Complaints {
  readonly #lines = new Map<string, string>();

  add(name: string, what: string): void {
    if (!this.#lines.has(name)) this.#lines.set(name, `${name} ${what}.`);
  }

  /** @throws {ConfigError} when there are any */
  settle(): void {
    if (this.#lines.size > 0) throw new ConfigError([...this.#lines.values()]);
  }
}
