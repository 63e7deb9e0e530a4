import { linkLimits } from '../../agent/protocol.ts';

/** How many more frames an agent may send, and at which tick (second) that was so. */
interface Allowance {
  allowance: number;
  allowanceAt: number;
}

const most = linkLimits.framesPerMinute;
/** In so many seconds a spent allowance is whole again. */
const whole = 60;

/** It grows with time, up to a minute's worth. */
export function allowanceAt({ allowance, allowanceAt }: Allowance, second: number): number {
  return Math.min(most, allowance + ((second - allowanceAt) * most) / whole);
}

/** What devices had left when their links ended: coming back does not buy more. */
export class Allowances {
  readonly #left = new Map<string, Allowance>();

  keep(deviceId: string, { allowance, allowanceAt }: Allowance): void {
    if (allowance < most) this.#left.set(deviceId, { allowance, allowanceAt });
  }

  /** The new link goes on with what the last one left. */
  give(deviceId: string, socket: Allowance): void {
    const left = this.#left.get(deviceId);
    if (!left) return;
    socket.allowance = Math.min(socket.allowance, allowanceAt(left, socket.allowanceAt));
    this.#left.delete(deviceId);
  }

  forget(second: number): void {
    if (second % whole !== 0) return;
    for (const [id, left] of this.#left) if (allowanceAt(left, second) >= most) this.#left.delete(id);
  }
}
