import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type App, startApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';

export interface TestApp extends App {
  dataDir: string;
  /** Everything that was logged. */
  log(): string;
  clock: { now: number };
  /** Stops and starts again on the same data. */
  restart(): Promise<void>;
  end(): Promise<void>;
}

/** A whole ecadesk in this process, on its embedded database in a folder of its own and a free port. */
export async function startTestApp(env: Record<string, string> = {}): Promise<TestApp> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ecadesk-'));
  const lines: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  // A Tuesday, ten in the morning in New York.
  const clock = { now: Date.parse('2026-11-24T15:00:00Z') };
  const config = readConfig({ PORT: '0', DATA_DIR: dataDir, TIME_ZONE: 'America/New_York', ...env });
  const start = () => startApp({ config, logger, clock: () => clock.now });
  let app = await start();
  let running = true;
  return {
    get address() {
      return app.address;
    },
    happen: (...args) => app.happen(...args),
    issueSignIn: (staff) => app.issueSignIn(staff),
    receive: (incoming) => app.receive(incoming),
    sweep: () => app.sweep(),
    async stop() {
      running = false;
      await app.stop();
    },
    dataDir,
    log: () => lines.join(''),
    clock,
    async restart() {
      await app.stop();
      app = await start();
      running = true;
    },
    async end() {
      if (running) await app.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
