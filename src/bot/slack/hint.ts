/** Slack's answer to a press may be used five times within thirty minutes; less of both is safe. */
const uses = 5;
const fresh = 25 * 60_000;

/** What came with a press or a message and may serve the deliveries it causes. Lives in memory only. */
export class Hint {
  /** The person's own conversation, in the port's words. */
  readonly conversation: string;
  /** The thread in which the person wrote. */
  readonly thread: string | undefined;
  readonly #response: { url: string; message: string; until: number } | undefined;
  #left = uses;

  constructor(of: {
    conversation: string;
    thread?: string | undefined;
    response?: { url: string; message: string; at: number } | undefined;
  }) {
    this.conversation = of.conversation;
    this.thread = of.thread;
    this.#response = of.response && {
      url: of.response.url,
      message: of.response.message,
      until: of.response.at + fresh,
    };
  }

  /** The address through which this very message can be edited now; each call counts as a use. */
  takeResponseUrl(message: string, now: number): string | null {
    if (this.#response?.message !== message || now >= this.#response.until || this.#left === 0) return null;
    this.#left -= 1;
    return this.#response.url;
  }
}
