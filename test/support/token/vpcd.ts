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
 * Puts a card into the virtual reader at `port` of vpcd, and waits until pcscd has noticed it (vpcd's own protocol: 16-bit length, then the bytes).
 */
export async function insert(card: PivCard, port: number, manner: Manner = 'good'): Promise<Inserted> {
  const socket = await connected(port);
  socket.setNoDelay(true);
  socket.on('error', () => {});
  let left = Number.POSITIVE_INFINITY;
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const send = (data: Buffer): void => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(data.length);
    socket.write(Buffer.concat([length, data]));
  };
  let powered = (): void => {};
  const seen = new Promise<void>((resolve) => {
    powered = resolve;
  });
  const control = (code: number | undefined): void => {
    // pcscd powers a card up as soon as it has noticed it.
    if (code === 1) powered();
    if (code !== 4) card.reset();
    else if (manner !== 'dead') send(card.atr);
  };
  onFrames(socket, (frame) => {
    if (frame.length === 1) return control(frame[0]);
    left -= 1;
    if (left <= 0) return void socket.destroy();
    if (manner === 'good') send(card.answer(frame));
  });
  await Promise.race([seen, gone, delay(5_000)]);
  return {
    pull: () => void socket.destroy(),
    pullAfter: (commands) => {
      left = commands;
      return gone;
    },
  };
}

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
