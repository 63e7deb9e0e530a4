import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bodies of a C_GetFunctionList that does what bad drivers do. */
export const BODIES = {
  crashes: '*(volatile int *)0 = 1; return 0;',
  exits: 'exit(0); return 0;',
  hangs: 'for (;;) pause(); return 0;',
  babbles: 'for (int i = 0; i < 100000; i++) puts("{\\"kind\\":\\"look\\"} and so on and so on"); return 5;',
} as const;

/** Compiles a PKCS#11 module that misbehaves, and returns its path. */
export function brokenModule(manner: keyof typeof BODIES): string {
  const folder = mkdtempSync(join(tmpdir(), 'ecadesk-module-'));
  const source = join(folder, 'module.c');
  const headers = '#include <stdio.h>\n#include <stdlib.h>\n#include <unistd.h>\n';
  writeFileSync(source, `${headers}unsigned long C_GetFunctionList(void **list) { ${BODIES[manner]} }\n`);
  const module = join(folder, 'module.so');
  execFileSync('/usr/bin/gcc', ['-shared', '-fPIC', '-w', '-o', module, source]);
  return module;
}
