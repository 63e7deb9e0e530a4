import { runCommandLine } from './cli/program.ts';
import { realSurface } from './cli/real-surface.ts';

// The exit code is set, not forced: what was printed into a pipe must get there first.
process.exitCode = await runCommandLine(process.argv.slice(2), realSurface());
