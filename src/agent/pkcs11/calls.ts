import koffi from 'koffi';
import * as ck from './constants.ts';
import { readText, readUlong, writeUlong } from './layout.ts';
import { type Module, ReturnError } from './module.ts';
import { structuresFor } from './structures.ts';

/** The calls of a look in terms of plain values. Each throws `ReturnError`. */

/** Handles of the slots; with `present`, only of those that hold a token. */
export function slotList(module: Module, present: boolean): bigint[] {
  // Asking for the count first is also what makes OpenSC look for new readers.
  for (let attempt = 0; ; attempt += 1) {
    const count = Buffer.alloc(8);
    module.call('C_GetSlotList', bool(present), null, count);
    const room = Number(readUlong(module.layout, count, 0));
    if (room === 0) return [];
    const list = Buffer.alloc(room * module.layout.ulong);
    try {
      module.call('C_GetSlotList', bool(present), list, count);
    } catch (error) {
      // A token came in between the two calls.
      if (attempt < 3 && error instanceof ReturnError && error.value === ck.CKR_BUFFER_TOO_SMALL) continue;
      throw error;
    }
    const filled = Math.min(room, Number(readUlong(module.layout, count, 0)));
    return Array.from({ length: filled }, (_, i) => readUlong(module.layout, list, i * module.layout.ulong));
  }
}

// CK_BBOOL is one byte, but every calling convention in use passes it in a whole register.
function bool(value: boolean): bigint {
  return value ? 1n : 0n;
}

export function libraryInfo(module: Module): { manufacturer: string; description: string; version: string } {
  const { info } = structuresFor(module.layout);
  const buffer = Buffer.alloc(info.size);
  module.call('C_GetInfo', buffer);
  const at = info.members.libraryVersion.offset;
  return {
    manufacturer: readText(buffer, info.members.manufacturer),
    description: readText(buffer, info.members.description),
    version: `${buffer.readUInt8(at)}.${buffer.readUInt8(at + 1)}`,
  };
}

export function slotInfo(module: Module, slot: bigint): { description: string; flags: bigint } {
  const shape = structuresFor(module.layout).slotInfo;
  const buffer = Buffer.alloc(shape.size);
  module.call('C_GetSlotInfo', slot, buffer);
  return {
    description: readText(buffer, shape.members.description),
    flags: readUlong(module.layout, buffer, shape.members.flags.offset),
  };
}

export function tokenInfo(module: Module, slot: bigint) {
  const shape = structuresFor(module.layout).tokenInfo;
  const buffer = Buffer.alloc(shape.size);
  module.call('C_GetTokenInfo', slot, buffer);
  return {
    label: readText(buffer, shape.members.label),
    manufacturer: readText(buffer, shape.members.manufacturer),
    model: readText(buffer, shape.members.model),
    serial: readText(buffer, shape.members.serial),
    flags: readUlong(module.layout, buffer, shape.members.flags.offset),
  };
}

/** Opens a read-only session, hands it to `use` and closes it. */
export function withSession<T>(module: Module, slot: bigint, use: (session: bigint) => T): T {
  const handle = Buffer.alloc(8);
  module.call('C_OpenSession', slot, ck.CKF_SERIAL_SESSION, null, null, handle);
  const session = readUlong(module.layout, handle, 0);
  try {
    return use(session);
  } finally {
    try {
      module.call('C_CloseSession', session);
    } catch {
      // The card is gone, and the session with it.
    }
  }
}

/** Handles of the certificate objects that are visible without a login. */
export function findCertificates(module: Module, session: bigint): bigint[] {
  const { layout } = module;
  const wanted = Buffer.alloc(8);
  writeUlong(layout, wanted, 0, ck.CKO_CERTIFICATE);
  module.call('C_FindObjectsInit', session, attribute(module, ck.CKA_CLASS, wanted, layout.ulong), 1n);
  const found: bigint[] = [];
  const batch = Buffer.alloc(16 * layout.ulong);
  // A token with more certificates than this is no token; a module that never ends its list must not hold us.
  while (found.length < MAX_OBJECTS) {
    const count = Buffer.alloc(8);
    module.call('C_FindObjects', session, batch, 16n, count);
    const filled = Math.min(16, Number(readUlong(layout, count, 0)));
    if (filled === 0) break;
    for (let i = 0; i < filled; i += 1) found.push(readUlong(layout, batch, i * layout.ulong));
  }
  module.call('C_FindObjectsFinal', session);
  return found;
}

const MAX_OBJECTS = 64;
const MAX_VALUE = 64 * 1024;

/** One attribute's bytes; empty when the object has none. */
export function attributeValue(module: Module, session: bigint, object: bigint, type: bigint): Buffer {
  const { layout } = module;
  const at = structuresFor(layout).attribute.members.length.offset;
  const question = attribute(module, type, null, 0);
  try {
    module.call('C_GetAttributeValue', session, object, question, 1n);
  } catch (error) {
    if (error instanceof ReturnError && error.value === ck.CKR_ATTRIBUTE_TYPE_INVALID) return Buffer.alloc(0);
    throw error;
  }
  const length = Number(readUlong(layout, question, at));
  if (length === 0 || length > MAX_VALUE) return Buffer.alloc(0);
  const value = Buffer.alloc(length);
  const answer = attribute(module, type, value, length);
  module.call('C_GetAttributeValue', session, object, answer, 1n);
  return value.subarray(0, Number(readUlong(layout, answer, at)));
}

/** A CK_ATTRIBUTE that points at `value`; the caller keeps `value` alive for as long as C may look at it. */
function attribute({ layout }: Module, type: bigint, value: Buffer | null, length: number): Buffer {
  const shape = structuresFor(layout).attribute;
  const buffer = Buffer.alloc(shape.size);
  writeUlong(layout, buffer, shape.members.type.offset, type);
  buffer.writeBigUInt64LE(value === null ? 0n : koffi.address(value), shape.members.value.offset);
  writeUlong(layout, buffer, shape.members.length.offset, BigInt(length));
  return buffer;
}
