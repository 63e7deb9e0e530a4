import * as calls from './calls.ts';
import * as ck from './constants.ts';
import type { FoundCertificate, FoundSlot, FoundToken, Look } from './messages.ts';
import { type Module, ReturnError } from './module.ts';

/** Looks once at every slot, token and certificate of an initialised module. Runs inside the child process. */
export function look(module: Module): Look {
  const library = calls.libraryInfo(module);
  const slots = calls.slotList(module, false).map((slot) => lookAtSlot(module, slot));
  return { library, slots: slots.filter((slot) => slot !== null) };
}

/** The readers that hold a token at this moment. */
export function presentReaders(module: Module): string[] {
  return calls.slotList(module, true).flatMap((slot) => {
    const info = tryCall(() => calls.slotInfo(module, slot));
    return info instanceof ReturnError ? [] : [info.description];
  });
}

function lookAtSlot(module: Module, slot: bigint): FoundSlot | null {
  const info = tryCall(() => calls.slotInfo(module, slot));
  // The reader was unplugged since the list was made.
  if (info instanceof ReturnError) return null;
  const found = {
    id: String(slot),
    reader: info.description,
    removable: has(info.flags, ck.CKF_REMOVABLE_DEVICE),
  };
  if (!has(info.flags, ck.CKF_TOKEN_PRESENT)) return { ...found, token: null, problem: null };
  const token = tryCall(() => lookAtToken(module, slot));
  if (token instanceof ReturnError) {
    const gone = token.value === ck.CKR_TOKEN_NOT_PRESENT;
    return { ...found, token: null, problem: gone ? null : token.message };
  }
  return { ...found, token, problem: null };
}

function lookAtToken(module: Module, slot: bigint): FoundToken {
  const { flags, ...names } = calls.tokenInfo(module, slot);
  const initialized = has(flags, ck.CKF_TOKEN_INITIALIZED);
  if (!initialized) return { ...names, initialized, certificates: [], interrupted: null };
  const certificates: FoundCertificate[] = [];
  const read = tryCall(() => {
    calls.withSession(module, slot, (session) => {
      for (const object of calls.findCertificates(module, session)) {
        certificates.push(readObject(module, session, object));
      }
    });
    // A card pulled meanwhile reads as if it held nothing; its slot tells.
    return has(calls.slotInfo(module, slot).flags, ck.CKF_TOKEN_PRESENT);
  });
  const interrupted = read instanceof ReturnError ? read.message : read ? null : 'the token was taken out';
  return { ...names, initialized, certificates, interrupted };
}

function readObject(module: Module, session: bigint, object: bigint): FoundCertificate {
  const value = (type: bigint) => calls.attributeValue(module, session, object, type);
  const der = value(ck.CKA_VALUE).toString('base64');
  return { id: value(ck.CKA_ID).toString('hex'), label: value(ck.CKA_LABEL).toString('utf8'), der };
}

function has(flags: bigint, flag: bigint): boolean {
  return (flags & flag) !== 0n;
}

function tryCall<T>(call: () => T): T | ReturnError {
  try {
    return call();
  } catch (error) {
    if (error instanceof ReturnError) return error;
    throw error;
  }
}
