import { type DestinationStream, type Logger, pino } from 'pino';
import type { ServerConfig } from '../config/server.ts';
import { censor, redactor } from './redact.ts';

export interface LoggerParts {
  level: ServerConfig['logLevel'];
  /** Values that must never be seen: `secretsOf(config)`. */
  secrets: readonly string[];
  /** Where lines go; standard output when absent. */
  to?: DestinationStream;
}

const secretPaths = [
  'password',
  'secret',
  'token',
  'pin',
  'activationCode',
  'authorization',
  'cookie',
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** The one log: JSON lines, without secrets. */
export function createLogger({ level, secrets, to }: LoggerParts): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: [...secretPaths, 'req.headers["x-slack-signature"]'], censor },
      hooks: { streamWrite: redactor(secrets) },
    },
    to ?? pino.destination({ dest: 1, sync: true }),
  );
}
