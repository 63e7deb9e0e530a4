import type { Logger } from 'pino';
import { type App, startApp } from './app.ts';
import { readEnvironment } from './config/environment.ts';
import { ConfigError, readConfig, secretsOf, settings } from './config.ts';
import { DevicesSetupError } from './devices/setup-error.ts';
import { ListenError } from './server/listen.ts';
import { createLogger } from './server/logger.ts';
import { stopWithin } from './server/stop.ts';
import { StoreError } from './store/errors.ts';

/** The service: settings from the environment, parts started, stopped in order at SIGTERM and Ctrl-C. */

async function main(): Promise<void> {
  const config = readConfig(readEnvironment(process.cwd(), process.env, Object.keys(settings)));
  const logger = createLogger({ level: config.server.logLevel, secrets: secretsOf(config) });
  for (const warning of config.warnings) logger.warn(warning);
  const starting = startApp({ config, logger });
  stopAtSignals(starting, logger);
  const app = await starting;
  if (config.localChat) {
    const signIn = await app.issueSignIn({ id: 'desk:operator', name: 'Help desk' });
    process.stdout.write(
      `\n  Chat, as an employee:  ${app.address}/chat\n  Help-desk console:     ${app.address}${signIn}\n\n`,
    );
  }
}

/** How long (ms) the parts have, all together, to finish what is in hand. */
const patience = 10_000;

/** Stops in order, also when the start is not through yet; a failing start says so itself. */
function stopAtSignals(starting: Promise<App>, logger: Logger): void {
  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    const orderly = async () => (await starting).stop();
    const end = await stopWithin(orderly, patience, () =>
      logger.warn('gave up waiting for what was in hand'),
    );
    process.exit(end === 'finished' ? 0 : 1);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, (received) => {
      stop(received).catch((error: unknown) => {
        logger.error({ err: error }, 'the stop failed');
        process.exit(1);
      });
    });
}

/** One line for each thing that must be mended, on standard error; never a stack where the words suffice. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof StoreError) return `${error.message}\n${error.mend}`;
  if (error instanceof ListenError || error instanceof DevicesSetupError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}
