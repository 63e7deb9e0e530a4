import { runCommandLine } from './cli/program.ts';
import { spawnFromSource } from './pkcs11/run-child.ts';

// The exit code is set, not forced: what was printed into a pipe must get there first.
process.exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  platform: process.platform,
  clock: () => new Date(),
  spawnChild: spawnFromSource(),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
