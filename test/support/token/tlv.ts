/** One BER-TLV element. */
export function tlv(tag: string, ...parts: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(parts);
  const length = value.length;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(tag, 'hex'), Buffer.from(head), value]);
}

export const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
