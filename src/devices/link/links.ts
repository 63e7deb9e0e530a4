import type { AgentSocket } from './agent-socket.ts';

/** The links that this process holds: one for each device. */
export class Links {
  readonly #byDevice = new Map<string, AgentSocket>();
  readonly #byJourney = new Map<string, AgentSocket>();

  get size(): number {
    return this.#byDevice.size;
  }

  of(deviceId: string): AgentSocket | undefined {
    return this.#byDevice.get(deviceId);
  }

  ofJourney(journeyId: string): AgentSocket | undefined {
    return this.#byJourney.get(journeyId);
  }

  [Symbol.iterator](): IterableIterator<AgentSocket> {
    return this.#byDevice.values();
  }

  /** @returns the older link of the same device, which is now the odd one out */
  add(socket: AgentSocket): AgentSocket | undefined {
    const { device } = socket;
    if (!device) return undefined;
    const older = this.#byDevice.get(device.id);
    this.#byDevice.set(device.id, socket);
    this.#byJourney.set(device.journeyId, socket);
    return older === socket ? undefined : older;
  }

  /** @returns whether it was the device's link; a replaced one no longer is */
  remove(socket: AgentSocket): boolean {
    const { device } = socket;
    if (!device || this.#byDevice.get(device.id) !== socket) return false;
    this.#byDevice.delete(device.id);
    if (this.#byJourney.get(device.journeyId) === socket) this.#byJourney.delete(device.journeyId);
    return true;
  }
}
