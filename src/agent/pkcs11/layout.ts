/**
 * How a platform lays out C structures of PKCS#11. CK_ULONG is C's `unsigned long`: 8 bytes on 64-bit Linux,
 * 4 on Windows, where the standard also packs structures to 1 byte.
 */
export interface Layout {
  readonly ulong: 4 | 8;
  readonly packed: boolean;
}

export const LINUX: Layout = { ulong: 8, packed: false };
export const WINDOWS: Layout = { ulong: 4, packed: true };
/** Windows' own structures (winscard.h) are not packed, those of PKCS#11 are. */
export const WINDOWS_NATURAL: Layout = { ulong: 4, packed: false };

/** The layout of PKCS#11 structures on `platform` (as `process.platform` names it); 64-bit only. */
export function layoutOf(platform: NodeJS.Platform): Layout {
  return platform === 'win32' ? WINDOWS : LINUX;
}

/** One member: an unsigned long, a pointer, or so many bytes. */
export type Member = 'ulong' | 'pointer' | number;

export interface Structure<Name extends string> {
  readonly size: number;
  readonly members: Readonly<Record<Name, { readonly offset: number; readonly size: number }>>;
}

const POINTER = 8;

/** Computes offsets and size. Members keep the order of `members`. */
export function structure<Name extends string>(
  layout: Layout,
  members: Readonly<Record<Name, Member>>,
): Structure<Name> {
  let offset = 0;
  let widest = 1;
  const place = (member: Member) => {
    const size = member === 'ulong' ? layout.ulong : member === 'pointer' ? POINTER : member;
    const alignment = layout.packed || typeof member === 'number' ? 1 : size;
    widest = Math.max(widest, alignment);
    const start = Math.ceil(offset / alignment) * alignment;
    offset = start + size;
    return { offset: start, size };
  };
  const placed: Partial<Record<Name, { offset: number; size: number }>> = {};
  for (const name of namesOf(members)) placed[name] = place(members[name]);
  return { members: complete(members, placed), size: Math.ceil(offset / widest) * widest };
}

function namesOf<Name extends string>(members: Readonly<Record<Name, Member>>): Name[] {
  const isName = (key: string): key is Name => Object.hasOwn(members, key);
  return Object.keys(members).filter(isName);
}

function complete<Name extends string, Value>(
  names: Readonly<Record<Name, unknown>>,
  values: Partial<Record<Name, Value>>,
): Record<Name, Value> {
  const whole = (some: Partial<Record<Name, Value>>): some is Record<Name, Value> =>
    Object.keys(names).every((name) => Object.hasOwn(some, name));
  if (!whole(values)) throw new Error('a member was not placed');
  return values;
}

/** Reads and writes members of one structure in a buffer. Numbers are bigint: handles are opaque, 4 or 8 bytes. */
export function readUlong({ ulong }: Layout, buffer: Buffer, offset: number): bigint {
  return ulong === 8 ? buffer.readBigUInt64LE(offset) : BigInt(buffer.readUInt32LE(offset));
}

export function writeUlong({ ulong }: Layout, buffer: Buffer, offset: number, value: bigint): void {
  if (ulong === 8) buffer.writeBigUInt64LE(value, offset);
  else buffer.writeUInt32LE(Number(value), offset);
}

/** A fixed-width text: UTF-8 padded with blanks by the standard, and with zeros by careless modules. */
export function readText(buffer: Buffer, { offset, size }: { offset: number; size: number }): string {
  const text = buffer.toString('utf8', offset, offset + size);
  return (text.split('\0', 1)[0] ?? '').trim();
}
