import { EventEmitter } from 'node:events';

/**
 * Tells, within this process, that something about a journey was just committed. Pages listen to refresh themselves.
 * Null in its place: something that is no journey's own, such as computers that came or went.
 */
export class Changes {
  readonly #emitter = new EventEmitter().setMaxListeners(0);

  announce(journeyId: string | null): void {
    this.#emitter.emit('change', { journeyId });
  }

  /** @returns how to stop listening */
  listen(listener: (change: { journeyId: string | null }) => void): () => void {
    this.#emitter.on('change', listener);
    return () => this.#emitter.off('change', listener);
  }
}
