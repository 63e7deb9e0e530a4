import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeKeyPair, writePrivateKey } from '../../src/agent/protocol.ts';
import { builtInFlow } from '../../test/support/built-in-flow.ts';
import { ChatClient } from '../../test/support/chat-client.ts';
import { findPostgres, startPostgres } from '../../test/support/postgres.ts';
import { button, walk } from '../../test/support/walk.ts';
import type { Bench, Row } from '../report.ts';
import { type FleetDevice, putDevices } from './fleet.ts';
import { type Measured, Swarm, startMeasured } from './process.ts';

/**
 * Ten thousand idle agents on one server process, beside a bare `ws` server that does nothing but greet and ping:
 * memory and processor time of each link, how long a task takes to reach its agent, and all of them coming back at
 * once while people press buttons in the chat.
 *
 * `node bench/agent/bench.ts [--agents N]` prints the table by itself.
 */

const bareName = 'bare ws';
const people = 20;
const idleSeconds = 30;
/** Two presses of a button within 5 s count once (`flows/journey.ts`). */
const doubleClick = 5_500;
const stormPatience = 300_000;

interface Numbers {
  heap: number;
  resident: number;
  idleCpu: number;
  task: number[];
  stormSeconds: number;
  lost: number;
  press: number[];
}

/** How the chat, or what stands for it, is used while agents are measured. */
interface Chat {
  /** One task on its way to its agent. @returns milliseconds, or null when it never came */
  task(n: number, swarm: Swarm): Promise<number | null>;
  /** One press. @returns milliseconds until it was answered */
  press(n: number): Promise<number>;
}

export async function measure(say: (text: string) => void, wanted = 10_000): Promise<Bench> {
  const agents = Math.min(wanted, descriptors() - 500);
  say(`${agents} agents`);
  const bare = await measureBare(agents, say);
  const ours = await measureOurs(agents, say);
  return { rows: rowsOf(agents, ours, bare), note: noteOf(agents), raw: { agents, ours, bare } };
}

/** How many files and sockets a process may have open. */
function descriptors(): number {
  const limit = execFileSync('/bin/sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
  return limit === 'unlimited' ? 1_000_000 : Number(limit);
}

const noteOf = (agents: number) =>
  `${agents} WebSocket clients in one process, the server in another, PostgreSQL beside them, all on this machine. Memory is what ${agents} links added, after a garbage collection.`;

function rowsOf(agents: number, ours: Numbers, bare: Numbers): Row[] {
  const beside = (value: number) => ({ name: bareName, value });
  const perLink = (name: string, mine: number, theirs: number): Row => ({
    name,
    ours: mine / agents / 1024,
    peer: beside(theirs / agents / 1024),
    unit: 'KiB',
    goal: 'at most twice the bare server’s',
    met: mine <= 2 * theirs,
  });
  return [
    perLink('Memory of an idle agent, JavaScript heap', ours.heap, bare.heap),
    perLink('Memory of an idle agent, whole process', ours.resident, bare.resident),
    {
      name: `Processor time of ${agents} idle agents`,
      ours: ours.idleCpu,
      peer: beside(bare.idleCpu),
      unit: 'ms/s',
    },
    {
      name: 'From a press to its task at the agent, p50',
      ours: at(ours.task, 0.5),
      peer: beside(at(bare.task, 0.5)),
      unit: 'ms',
    },
    {
      name: 'From a press to its task at the agent, p99',
      ours: at(ours.task, 0.99),
      peer: beside(at(bare.task, 0.99)),
      unit: 'ms',
    },
    {
      name: `All ${agents} agents back after a cut`,
      ours: ours.stormSeconds,
      peer: beside(bare.stormSeconds),
      unit: 's',
    },
    {
      name: 'Agents lost in it',
      ours: ours.lost,
      peer: beside(bare.lost),
      unit: 'agents',
      goal: 'none',
      met: ours.lost === 0,
    },
    {
      name: 'A press in the chat meanwhile, p99',
      ours: at(ours.press, 0.99),
      peer: beside(at(bare.press, 0.99)),
      unit: 'ms',
      goal: 'under 3 s, for so long Slack waits',
      met: at(ours.press, 0.99) < 3_000,
    },
  ];
}

function at(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

async function measureBare(agents: number, say: (text: string) => void): Promise<Numbers> {
  say('the bare server');
  const server = await startMeasured('bench/agent/bare.ts', {});
  const devices = Array.from({ length: agents }, (_, n) => ({ id: `bare-${n}`, privateKey: '' }));
  const press = async (n: number) => {
    const start = performance.now();
    await fetch(`${server.address}/?to=bare-${n % people}`);
    return performance.now() - start;
  };
  const task = async (n: number, swarm: Swarm) => {
    const start = Date.now();
    const device = `bare-${n % people}`;
    const came = swarm.hear(
      (word) => (word.is === 'command' && word.device === device ? word.at : null),
      10_000,
    );
    await fetch(`${server.address}/?to=${device}`);
    const then = await came;
    return then === null ? null : then - start;
  };
  try {
    return await numbersOf(
      server,
      { devices, url: linkOf(server.address), serverKey: null },
      { press, task },
      say,
    );
  } finally {
    await server.stop();
  }
}

const linkOf = (address: string) => `${address.replace('http', 'ws')}/agent/link`;

async function measureOurs(agents: number, say: (text: string) => void): Promise<Numbers> {
  const bin = findPostgres();
  if (!bin) throw new Error('The bench needs PostgreSQL: npm run setup:test-machine installs it.');
  const folder = mkdtempSync(join(tmpdir(), 'ecadesk-bench-'));
  const postgres = await startPostgres(bin, ['fsync=on', 'synchronous_commit=on']);
  const key = makeKeyPair();
  const keyFile = join(folder, 'server.key');
  writeFileSync(keyFile, writePrivateKey(key.privateKey), { mode: 0o600 });
  say('ecadesk');
  const server = await startMeasured('dist/server/main.js', {
    PORT: '0',
    LOG_LEVEL: 'info',
    DATA_DIR: folder,
    DATABASE_URL: postgres.url('postgres'),
    SERVER_KEY_FILE: keyFile,
    AGENT: 'look',
  });
  try {
    const chats = await talkers(server.address);
    const devices = await putDevices(postgres.url('postgres'), agents);
    // The journeys of the talkers hear of their computers by the server's next round.
    await Promise.all(chats.map((chat) => chat.card((card) => has(card, 'check'))));
    const use = chatOf(chats, devices);
    const fleet = { devices, url: linkOf(server.address), serverKey: key.publicKey };
    return await numbersOf(server, fleet, use, say);
  } finally {
    await server.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const has = (card: { buttons: { action: { verb: string } }[] }, verb: string) =>
  card.buttons.some((b) => b.action.verb === verb);

/** People in the chat, at the first step at which a computer can look at something. */
async function talkers(address: string): Promise<ChatClient[]> {
  const flow = builtInFlow();
  const step = flow.steps.find(({ evidence }) => evidence.includes('token-absent'));
  const chats = Array.from({ length: people }, (_, n) => new ChatClient(() => address, `talker-${n}`));
  for (const chat of chats) {
    await chat.open();
    await walk(flow, chat, (card) => card.title === step?.title);
  }
  return chats;
}

function chatOf(chats: readonly ChatClient[], devices: readonly FleetDevice[]): Chat {
  const chatAt = (n: number): ChatClient => {
    const chat = chats[n % chats.length];
    if (!chat) throw new Error('nobody is there');
    return chat;
  };
  const pressedAt = new Map<number, number>();
  return {
    async task(n, swarm) {
      const chat = chatAt(n);
      const since = performance.now() - (pressedAt.get(n % chats.length) ?? -doubleClick);
      if (since < doubleClick) await delay(doubleClick - since);
      pressedAt.set(n % chats.length, performance.now());
      const device = devices[n % chats.length]?.id;
      const press = button(await chat.card((card) => has(card, 'check')), 'check');
      const came = swarm.hear(
        (word) =>
          word.is === 'command' && word.action === 'token.inspect' && word.device === device ? word.at : null,
        30_000,
      );
      const start = Date.now();
      await chat.press(press);
      const then = await came;
      // The answer that the agent gives at once is told before the next press.
      await delay(200);
      return then === null ? null : then - start;
    },
    async press(n) {
      const start = performance.now();
      await chatAt(n).say('status');
      return performance.now() - start;
    },
  };
}

interface Fleet {
  devices: FleetDevice[];
  url: string;
  serverKey: string | null;
}

async function numbersOf(
  server: Measured,
  { devices, ...where }: Fleet,
  chat: Chat,
  say: (text: string) => void,
): Promise<Numbers> {
  const swarm = new Swarm();
  const count = devices.length;
  const all = (word: { is: string; count?: number }) =>
    word.is === 'linked' && word.count === count ? true : null;
  try {
    const before = await server.memory();
    swarm.tell({ do: 'connect', ...where, devices });
    if (!(await swarm.hear(all, stormPatience))) throw new Error(`only ${swarm.linked} of ${count} linked`);
    say('linked');
    await delay(3_000);
    const after = await server.memory();
    const cpu = server.cpu();
    await delay(idleSeconds * 1_000);
    const idleCpu = (server.cpu() - cpu) / idleSeconds;
    const task: number[] = [];
    for (let n = 0; n < people * 10; n += 1) {
      const took = await chat.task(n, swarm);
      if (took === null) throw new Error('a task never reached its agent');
      task.push(took);
    }
    say('storm');
    const storm = await stormOf(swarm, all, chat);
    return {
      heap: after.heap - before.heap,
      resident: after.resident - before.resident,
      idleCpu,
      task,
      ...storm,
      lost: count - swarm.linked,
    };
  } finally {
    await swarm.stop();
  }
}

async function stormOf(swarm: Swarm, all: (word: { is: string; count?: number }) => true | null, chat: Chat) {
  const press: number[] = [];
  let over = false;
  const presser = async (start: number): Promise<void> => {
    for (let n = start; !over; n += 4) press.push(await chat.press(n));
  };
  const start = performance.now();
  swarm.tell({ do: 'storm' });
  // The first word that not all are linked: the cut has been noticed.
  await swarm.hear((word) => (all(word) ? null : true), 10_000);
  const pressing = Promise.all([0, 1, 2, 3].map(presser));
  await swarm.hear(all, stormPatience);
  const stormSeconds = (performance.now() - start) / 1_000;
  over = true;
  await pressing;
  return { stormSeconds, press };
}

if (import.meta.main) {
  const given = Number(process.argv[process.argv.indexOf('--agents') + 1]);
  const { rows, note } = await measure((text) => console.error(text), given > 0 ? given : 10_000);
  console.table(
    rows.map(({ peer, ours, ...row }) => ({
      ...row,
      ours: Number(ours.toFixed(2)),
      [peer?.name ?? 'peer']: Number(peer?.value.toFixed(2)),
    })),
  );
  console.log(note);
}
