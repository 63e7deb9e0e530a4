import koffi from 'koffi';
import { CKR_OK, nameOfReturn } from './constants.ts';
import { type Layout, layoutOf } from './layout.ts';
import { FUNCTIONS, type FunctionName, structuresFor } from './structures.ts';

/** A function of the module returned something else than CKR_OK. `value` is the CK_RV. */
export class ReturnError extends Error {
  readonly value: number;

  constructor(name: FunctionName, value: number) {
    super(`${name}: ${nameOfReturn(value)}`);
    this.name = 'ReturnError';
    this.value = value;
  }
}

/** What is passed to C: a pointer (buffer, or null) or an unsigned long. */
export type Argument = Buffer | bigint | null;

/** A loaded PKCS#11 module. Every call may block for ever or end the process: use it only in a child process. */
export interface Module {
  readonly layout: Layout;
  /** Calls a function; throws `ReturnError` unless it returns CKR_OK. */
  call(name: FunctionName, ...args: readonly Argument[]): void;
}

/** Loads a module through its C_GetFunctionList. Throws what the system's loader says. */
export function openModule(path: string, layout: Layout = layoutOf(process.platform)): Module {
  const pointer = Buffer.alloc(8);
  const getFunctionList = koffi.load(path).func('C_GetFunctionList', 'ulong', ['void *']);
  if (toReturnValue(getFunctionList(pointer)) !== CKR_OK) throw new Error('C_GetFunctionList failed');
  const { first } = structuresFor(layout).functions.members;
  const count = Math.max(...Object.values(FUNCTIONS)) + 1;
  const table = Buffer.from(koffi.view(pointer.readBigUInt64LE(), first.offset + count * first.size));
  return {
    layout,
    call(name, ...args) {
      const address = table.readBigUInt64LE(first.offset + FUNCTIONS[name] * first.size);
      if (address === 0n) throw new ReturnError(name, 84);
      const value = toReturnValue(koffi.call(address, prototypeFor(args), ...args));
      if (value !== CKR_OK) throw new ReturnError(name, value);
    },
  };
}

const prototypes = new Map<string, ReturnType<typeof koffi.proto>>();

/** koffi keeps every prototype it is given, so the few shapes there are get made once. */
function prototypeFor(args: readonly Argument[]): ReturnType<typeof koffi.proto> {
  const types = args.map((arg) => (typeof arg === 'bigint' ? 'ulong' : 'void *'));
  const known = prototypes.get(types.join());
  if (known !== undefined) return known;
  const made = koffi.proto('ulong', types);
  prototypes.set(types.join(), made);
  return made;
}

function toReturnValue(value: unknown): number {
  if (typeof value !== 'number' && typeof value !== 'bigint') throw new Error('a CK_RV is a number');
  return Number(value);
}
