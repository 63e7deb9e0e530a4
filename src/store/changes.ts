import { EventEmitter } from 'node:events';

/** Tells, within this process, that something about a journey was just committed. Pages listen to refresh themselves. */
export class Changes {
  readonly #emitter = new EventEmitter().setMaxListeners(0);

  announce(journeyId: string): void {
    this.#emitter.emit('change', { journeyId });
  }

  /** @returns how to stop listening */
  listen(listener: (change: { journeyId: string }) => void): () => void {
    this.#emitter.on('change', listener);
    return () => this.#emitter.off('change', listener);
  }
}
