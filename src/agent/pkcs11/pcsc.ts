import koffi from 'koffi';
import { LINUX, readUlong, structure, WINDOWS_NATURAL, writeUlong } from './layout.ts';
import type { ReaderState, ServiceState } from './messages.ts';

/**
 * Asks the operating system's smart-card service itself: PKCS#11 shows "no service" and "no reader" alike, as
 * no slots. Works with pcsc-lite and with winscard. May block: use it only in a child process.
 */
export function askService(platform: NodeJS.Platform = process.platform): ServiceState {
  const windows = platform === 'win32';
  const library = loadFirst(windows ? ['winscard.dll'] : ['libpcsclite.so.1', 'libpcsclite.so']);
  if (library === null) return { service: 'unknown', readers: [] };
  const wide = windows ? 'W' : '';
  // LONG and DWORD are C longs in pcsc-lite, 32 bits in Windows: koffi's long and ulong on either.
  const establish = library.func('SCardEstablishContext', 'ulong', ['ulong', 'void *', 'void *', 'void *']);
  const list = library.func(`SCardListReaders${wide}`, 'ulong', ['uintptr', 'void *', 'void *', 'void *']);
  const status = library.func(`SCardGetStatusChange${wide}`, 'ulong', [
    'uintptr',
    'ulong',
    'void *',
    'ulong',
  ]);
  const release = library.func('SCardReleaseContext', 'ulong', ['uintptr']);

  const context = Buffer.alloc(8);
  if (code(establish(SCOPE_USER, null, null, context)) !== 0) return { service: 'absent', readers: [] };
  const handle = context.readBigUInt64LE();
  try {
    const names = readerNames((buffer, size) => code(list(handle, null, buffer, size)), windows);
    return {
      service: 'running',
      readers: states(names, windows, (all, n) => code(status(handle, 0, all, n))),
    };
  } finally {
    release(handle);
  }
}

const SCOPE_USER = 0;
/** winscard.h: SCARD_STATE_* */
const STATE = { present: 0x20, empty: 0x10, mute: 0x200 };

function loadFirst(names: readonly string[]) {
  for (const name of names) {
    try {
      return koffi.load(name);
    } catch {
      // The next name, or none: then nobody can be asked.
    }
  }
  return null;
}

function readerNames(list: (buffer: Buffer | null, size: Buffer) => number, windows: boolean): string[] {
  const unit = windows ? 2 : 1;
  const size = Buffer.alloc(8);
  if (list(null, size) !== 0) return [];
  const buffer = Buffer.alloc((Number(size.readUInt32LE()) + 1) * unit);
  if (list(buffer, size) !== 0) return [];
  const text = buffer.toString(windows ? 'utf16le' : 'utf8', 0, size.readUInt32LE() * unit);
  return text.split('\0').filter((name) => name !== '');
}

/** One SCardGetStatusChange without waiting: what is in each reader, and how often that changed so far. */
function states(
  names: readonly string[],
  windows: boolean,
  ask: (all: Buffer, count: number) => number,
): ReaderState[] {
  if (names.length === 0) return [];
  const layout = windows ? WINDOWS_NATURAL : LINUX;
  const atr = windows ? 36 : 33;
  const shape = structure(layout, {
    name: 'pointer',
    userData: 'pointer',
    current: 'ulong',
    event: 'ulong',
    atrLength: 'ulong',
    atr,
  });
  const texts = names.map((name) => Buffer.from(`${name}\0`, windows ? 'utf16le' : 'utf8'));
  const all = Buffer.alloc(shape.size * names.length);
  for (const [i, text] of texts.entries()) {
    all.writeBigUInt64LE(koffi.address(text), i * shape.size + shape.members.name.offset);
    writeUlong(layout, all, i * shape.size + shape.members.current.offset, 0n);
  }
  const answered = ask(all, names.length) === 0;
  return names.map((name, i) => {
    const event = Number(readUlong(layout, all, i * shape.size + shape.members.event.offset));
    return answered
      ? { name, card: cardOf(event), events: event >>> 16 }
      : { name, card: 'unknown', events: null };
  });
}

function cardOf(event: number): ReaderState['card'] {
  if ((event & STATE.mute) !== 0) return 'mute';
  if ((event & STATE.present) !== 0) return 'present';
  return (event & STATE.empty) !== 0 ? 'absent' : 'unknown';
}

function code(value: unknown): number {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : -1;
}
