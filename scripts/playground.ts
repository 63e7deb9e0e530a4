import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The bot and Microsoft's Agents Playground, together, on this computer: Teams without a tenant. */

const root = fileURLToPath(new URL('..', import.meta.url));
const port = process.env.PORT ?? '3978';
const client = process.env.PLAYGROUND_PORT ?? '56150';

const { MICROSOFT_APP_ID: _id, PUBLIC_URL: _url, ...rest } = process.env;
const bot = start(['src/main.ts'], {
  ...rest,
  PORT: port,
  HOST: '127.0.0.1',
  TEAMS_ANONYMOUS: '1',
  TEAMS_HELPDESK_CHANNEL: process.env.TEAMS_HELPDESK_CHANNEL ?? 'channel-announcements-id',
});
const children: ChildProcess[] = [bot];
let stopping = false;

await answering(`http://127.0.0.1:${port}/healthz`);
if (!stopping) {
  const cli = 'node_modules/@microsoft/m365agentsplayground/cli.js';
  children.push(
    start(
      [
        cli,
        '-e',
        `http://127.0.0.1:${port}/api/messages`,
        '-c',
        'msteams',
        '-p',
        client,
        '--disable-telemetry',
      ],
      process.env,
    ),
  );
  console.log(`\n  Teams, as an employee:  http://localhost:${client}\n`);
}

function start(words: string[], env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(process.execPath, words, { cwd: root, env, stdio: 'inherit' });
  child.once('exit', (code) => stop(code ?? 0));
  return child;
}

/** Neither is of use without the other. */
function stop(code: number): void {
  if (stopping) return;
  stopping = true;
  process.exitCode = code;
  for (const child of children) if (child.exitCode === null) child.kill('SIGTERM');
}

async function answering(url: string): Promise<void> {
  while (!stopping) {
    const up = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

process.on('SIGINT', () => stop(0));
process.on('SIGTERM', () => stop(0));
