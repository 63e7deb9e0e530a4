import type { AdaptiveCard } from './card/schema.ts';

/**
 * How long after the event was saved its answer is waited for. Deliveries start at the commit, so the card is there in
 * a fraction of this; a press that changes nothing (a double click) has none, and must not keep the button busy.
 */
export const patience = 1_000;

/**
 * A press that waits for its answer. The delivery of the edit that it causes puts the new card into the answer, so it
 * changes under the finger; if none comes in time the press is acknowledged, and the update follows.
 */
export class OpenPress {
  /** The message whose button was pressed. */
  readonly target: string;
  #answer: (card: AdaptiveCard | null) => void = () => {};
  readonly #answered: Promise<AdaptiveCard | null>;
  #open = true;

  constructor(target: string) {
    this.target = target;
    this.#answered = new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  /** False: too late, or answered already. */
  answer(card: AdaptiveCard | null): boolean {
    const open = this.#open;
    this.#open = false;
    this.#answer(card);
    return open;
  }

  /** The card, or null once nobody will wait for it any longer. */
  async card(within: number = patience): Promise<AdaptiveCard | null> {
    const timer = setTimeout(() => this.answer(null), within);
    try {
      return await this.#answered;
    } finally {
      clearTimeout(timer);
    }
  }
}
