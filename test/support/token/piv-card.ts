import { hex, tlv } from './tlv.ts';

/** A PIV card after NIST SP 800-73-4, as far as OpenSC looks: data objects can be read, nothing can be used. */
export interface PivCard {
  /** Every command that came in, hex. */
  readonly log: readonly string[];
  readonly atr: Buffer;
  reset(): void;
  answer(command: Buffer): Buffer;
}

export interface PivContents {
  /** DER. 9A is PIV's authentication key (it signs), 9D its key management key (it decrypts). */
  readonly '9A'?: Uint8Array;
  readonly '9C'?: Uint8Array;
  readonly '9D'?: Uint8Array;
  readonly '9E'?: Uint8Array;
}

const PIV_APPLICATION = 'a000000308';
const CERTIFICATES = { '9A': '5fc105', '9C': '5fc10a', '9D': '5fc10b', '9E': '5fc101' } as const;
const OK = hex('9000');
const NOT_FOUND = hex('6a82');
const NOT_SUPPORTED = hex('6d00');

export function pivCard(contents: PivContents, serial = 1): PivCard {
  const log: string[] = [];
  const objects = dataObjects(contents, serial);
  let pending = Buffer.alloc(0);

  const reply = (data: Buffer, room = 256): Buffer => {
    const now = data.subarray(0, room);
    pending = Buffer.from(data.subarray(room));
    const left = pending.length === 0 ? OK : Buffer.from([0x61, Math.min(pending.length, 0xff)]);
    return Buffer.concat([now, left]);
  };
  return {
    log,
    atr: atr(),
    reset: () => {
      pending = Buffer.alloc(0);
    },
    answer(command) {
      log.push(command.toString('hex'));
      const instruction = command[1];
      const data = command.subarray(5, 5 + (command[4] ?? 0)).toString('hex');
      if (instruction === 0xa4) return data.startsWith(PIV_APPLICATION) ? reply(APPLICATION) : NOT_FOUND;
      if (instruction === 0xc0) return reply(pending, command[4] || 256);
      // Tries are never used up: this card only tells how many are left.
      if (instruction === 0x20) return hex('63c3');
      if (command.toString('hex', 0, 4) !== '00cb3fff') return NOT_SUPPORTED;
      const object = objects.get(data.slice(4));
      return object === undefined ? NOT_FOUND : reply(object);
    },
  };
}

const APPLICATION = tlv('61', tlv('4f', hex('0000 1000 0100')), tlv('79', tlv('4f', hex(PIV_APPLICATION))));

function dataObjects(contents: PivContents, serial: number): Map<string, Buffer> {
  const guid = Buffer.alloc(16);
  guid.writeUInt32BE(serial, 12);
  // Nothing in it is required of a card that OpenSC is to read; agency code 9999 says "not issued by an agency".
  const fascn = hex('d4e739da739ced39ce739da1685a1082108ce73984119257fc');
  const chuid = [tlv('30', fascn), tlv('34', guid), tlv('35', Buffer.from('20501231')), tlv('3e'), tlv('fe')];
  const objects = new Map([
    ['7e', tlv('7e', tlv('4f', hex('a0000003080000 10000100')), tlv('5f2f', hex('4000')))],
    ['5fc102', tlv('53', ...chuid)],
    [
      '5fc107',
      tlv('53', tlv('f0', Buffer.alloc(21, serial)), tlv('f1', hex('21')), tlv('f2', hex('21')), tlv('fe')),
    ],
  ]);
  for (const slot of ['9A', '9C', '9D', '9E'] as const) {
    const der = contents[slot];
    if (der === undefined) continue;
    objects.set(CERTIFICATES[slot], tlv('53', tlv('70', der), tlv('71', hex('00')), tlv('fe')));
  }
  return objects;
}

/** Protocol T=1; by the historical bytes OpenSC knows a PIV card. */
function atr(): Buffer {
  const body = hex('8b01 80f9a0000003080000 1000');
  const check = body.reduce((sum, byte) => sum ^ byte, 0);
  return Buffer.concat([hex('3b'), body, Buffer.from([check])]);
}
