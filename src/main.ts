import { startApp } from './app.ts';
import { readEnvironment } from './config/environment.ts';
import { ConfigError, readConfig, secretsOf, settings } from './config.ts';
import { ListenError } from './server/listen.ts';
import { createLogger } from './server/logger.ts';
import { StoreError } from './store/errors.ts';

/** The service: settings from the environment, parts started, stopped in order at SIGTERM and Ctrl-C. */

async function main(): Promise<void> {
  const config = readConfig(readEnvironment(process.cwd(), process.env, Object.keys(settings)));
  const logger = createLogger({ level: config.server.logLevel, secrets: secretsOf(config) });
  for (const warning of config.warnings) logger.warn(warning);
  const app = await startApp({ config, logger });
  if (config.localChat) {
    const signIn = await app.issueSignIn({ id: 'desk:operator', name: 'Help desk' });
    process.stdout.write(
      `\n  Chat, as an employee:  ${app.address}/chat\n  Help-desk console:     ${app.address}${signIn}\n\n`,
    );
  }

  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    await app.stop();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** One line for each thing that must be mended, on standard error; never a stack where the words suffice. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof StoreError) return `${error.message}\n${error.mend}`;
  if (error instanceof ListenError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}
