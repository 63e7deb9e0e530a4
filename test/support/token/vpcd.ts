import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { PivCard } from './piv-card.ts';

/** How an inserted card behaves. `mute`: powers up, then never answers a command. `dead`: not even that. */
export type Manner = 'good' | 'mute' | 'dead';

export interface Inserted {
  /** Takes the card out, at once, in the middle of whatever goes on. */
  pull(): void;
  /** Takes it out when `commands` more commands have come in, before answering the last. */
  pullAfter(commands: number): Promise<void>;
}

/**
 * Puts a card into the virtual reader at `port` of vpcd, and waits until pcscd has powered it up (vpcd's own
 * protocol: 16-bit length, then the bytes; a single byte is a control code).
 */
export async function insert(card: PivCard, port: number, manner: Manner = 'good'): Promise<Inserted> {
  // Right after another card was pulled, vpcd now and then takes the connection and forgets it: push it in again.
  for (let attempt = 1; ; attempt += 1) {
    const { inserted, seen } = await insertOnce(card, port, manner);
    const noticed = await Promise.race([seen.then(() => true), delay(5_000, false)]);
    // What is dead cannot be seen to power up; it was given time to be noticed.
    if (noticed || manner === 'dead') return inserted;
    inserted.pull();
    if (attempt >= 5) throw new Error('pcscd does not notice the card');
  }
}

async function insertOnce(card: PivCard, port: number, manner: Manner) {
  const socket = await connected(port);
  socket.setNoDelay(true);
  socket.on('error', () => {});
  let left = Number.POSITIVE_INFINITY;
  let powered = (): void => {};
  const seen = new Promise<void>((resolve) => {
    powered = resolve;
  });
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const send = (data: Buffer): void => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(data.length);
    socket.write(Buffer.concat([length, data]));
  };
  const control = (code: number | undefined): void => {
    if (code === POWER_ON) powered();
    if (code !== GET_ATR) card.reset();
    else if (manner !== 'dead') send(card.atr);
  };
  onFrames(socket, (frame) => {
    if (frame.length === 1) return control(frame[0]);
    left -= 1;
    if (left <= 0) return void socket.destroy();
    if (manner === 'good') send(card.answer(frame));
  });
  const inserted: Inserted = {
    pull: () => void socket.destroy(),
    pullAfter: (commands) => {
      left = commands;
      return gone;
    },
  };
  return { inserted, seen };
}

const POWER_ON = 1;
const GET_ATR = 4;

/** vpcd accepts one card a reader, and forgets the last one only when pcscd next looks. */
async function connected(port: number): Promise<Socket> {
  for (let attempt = 0; ; attempt += 1) {
    const socket = connect(port, '127.0.0.1');
    const error = await new Promise<Error | null>((resolve) => {
      socket.once('connect', () => resolve(null));
      socket.once('error', resolve);
    });
    if (error === null) return socket;
    if (attempt >= 50) throw error;
    await delay(100);
  }
}

function onFrames(socket: Socket, onFrame: (frame: Buffer) => void): void {
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE()) {
      const end = 2 + rest.readUInt16BE();
      const frame = rest.subarray(2, end);
      rest = rest.subarray(end);
      onFrame(frame);
    }
  });
}
