import { existsSync } from 'node:fs';
import { filesPresent } from '../require-part.ts';

/** Where Debian puts the parts of the rig. */
export const OPENSC_MODULE = '/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so';
export const SOFTHSM_MODULE = '/usr/lib/softhsm/libsofthsm2.so';
export const VPCD_DRIVER = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so';

const all = (...paths: string[]) => filesPresent(existsSync, paths);

export const cardRigPresent = () =>
  all(
    OPENSC_MODULE,
    VPCD_DRIVER,
    '/usr/sbin/pcscd',
    '/usr/bin/pkcs11-tool',
    '/usr/lib/x86_64-linux-gnu/libpcsclite.so.1',
  );
export const softHsmPresent = () => all(SOFTHSM_MODULE, '/usr/bin/softhsm2-util', '/usr/bin/pkcs11-tool');
export const compilerPresent = () => all('/usr/bin/gcc');
