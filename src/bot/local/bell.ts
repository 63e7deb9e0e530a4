type Listener = () => void;

/**
 * Rings when a conversation's log has grown. It carries no content: whoever hears it reads the log, so that there
 * is one source and one order.
 */
export class Bell {
  readonly #listeners = new Map<string, Set<Listener>>();

  ring(conversationKey: string): void {
    for (const listener of this.#listeners.get(conversationKey) ?? []) listener();
  }

  /** @returns what ends the listening. */
  hear(conversationKey: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(conversationKey) ?? new Set();
    this.#listeners.set(conversationKey, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(conversationKey);
    };
  }
}
