import { WebSocket } from 'ws';
import { linkLimits, type ServerFrame } from '../../agent/protocol.ts';

/** The device at the other end, once it has proven itself. */
export interface LinkedDevice {
  id: string;
  journeyId: string;
  /** False: the employee switched it off at the computer. */
  on: boolean;
  /** Whether a token was in when it last told; null: not known. */
  token: boolean | null;
}

/**
 * One agent's link. There may be ten thousand, so all of its state stands in these few fields: no timer and no
 * function of its own.
 */
export class AgentSocket extends WebSocket {
  stage: 'greeting' | 'proving' | 'linked' | 'over' = 'greeting';
  /** The server's nonce until the agent has answered it, the agent's from then on. */
  nonce = '';
  device: LinkedDevice | null = null;
  /** Ticks (seconds) of the server's heart: when it came, and when it was last heard. */
  bornAt = 0;
  heardAt = 0;
  /** The second of the half minute in which it is pinged. */
  slot = 0;
  /** Frames it may send at once; grows with time. */
  allowance: number = linkLimits.framesPerMinute;
  allowanceAt = 0;
  /** The last `at` that a policy or welcome told it; the next is later. */
  toldAt = 0;
  /** The watch that runs there, and when the next one is to begin (server's clock, ms). */
  watch: string | null = null;
  watchDue = 0;
  /** Tasks sent over this link. */
  sent: Set<string> | null = null;
  /** What it said and is not dealt with yet: how many frames, and the last of them. */
  waiting = 0;
  work: Promise<void> | null = null;

  tell(frame: ServerFrame): void {
    if (this.readyState === WebSocket.OPEN) this.send(JSON.stringify(frame));
  }

  /** Closes without a word about why; further frames are not read. */
  refuse(code = 1008): void {
    this.stage = 'over';
    this.close(code);
  }
}
