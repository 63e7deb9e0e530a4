import { Command, CommanderError } from 'commander';
import { AgentError } from '../errors.ts';
import { addCheck } from './check.ts';
import { addLog } from './log.ts';
import { addPair } from './pair.ts';
import { addRun } from './run.ts';
import { EXIT, type Surface } from './surface.ts';
import { addUnpair } from './unpair.ts';

/** Adds one command to the program and reports its exit code. One file per command beside this one. */
export type AddCommand = (program: Command, surface: Surface, exit: (code: number) => void) => void;

const COMMANDS: readonly AddCommand[] = [addPair, addRun, addCheck, addLog, addUnpair];

const MISTYPED: readonly string[] = ['bad-code', 'bad-address', 'bad-setting'];

/** Runs one command line (without node and script) and gives its exit code. Never rejects. */
export async function runCommandLine(args: readonly string[], surface: Surface): Promise<number> {
  let code: number = EXIT.ok;
  const program = new Command('eca-agent')
    .description("the help desk's agent on your computer: it looks at your token and never asks for its PIN")
    .exitOverride()
    .configureOutput({ writeOut: surface.out, writeErr: surface.err });
  for (const add of COMMANDS) {
    add(program, surface, (given) => {
      code = given;
    });
  }
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    surface.err(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof AgentError && MISTYPED.includes(error.code) ? EXIT.usage : EXIT.couldNot;
  }
}
