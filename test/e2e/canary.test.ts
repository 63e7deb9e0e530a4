import { createHash, randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { builtInFlow } from '../support/built-in-flow.ts';
import { ChatClient } from '../support/chat-client.ts';
import { allAnswers, allFiles, allRows, wholeStream } from '../support/everywhere.ts';
import { findPostgres, startPostgres } from '../support/postgres.ts';
import { suiteNeeding } from '../support/require-part.ts';
import { corpus } from '../support/secret-corpus.ts';
import { button, onward } from '../support/walk.ts';

const flow = builtInFlow();
const secretSteps = flow.steps.filter((step) => step.secret);
const key = 'key-of-the-canary-test';
const settings = {
  DESK_API_KEYS: `canary:${createHash('sha256').update(key).digest('hex')}`,
  LOG_LEVEL: 'debug',
};

/** A plain word, which only the step makes a secret. */
const canaryAt = (stepId: string) => `marzipan${stepId.replaceAll('-', '')}`;
/** Is kept: shows that the search below finds what is there. */
const kept = 'the giraffe beside the printer hums at me';

/** The screen is the same everywhere; not every secret needs to go every way. */
const some = corpus.filter((_, i) => i % 6 === 0);

const withheld = 'Please delete your last message';

/** Types every secret of the corpus where secrets have no business, and a canary at every step where they have. */
async function talk(app: TestApp): Promise<string[]> {
  const mia = new ChatClient(() => app.address, 'mia');
  const typed: string[] = [];
  async function type(text: string) {
    typed.push(text);
    await mia.say(text);
  }
  const shown = async (title: string) => {
    await mia.say('status');
    return mia.card((card) => card.title === title);
  };

  await mia.open();
  for (const { typed: text } of some) await mia.say(text);
  await mia.say('status');
  await mia.press(
    button(await mia.card((card) => card.buttons.some((b) => b.action.verb === 'start')), 'start'),
  );
  const first = await mia.card((card) => card.progress?.step === 1);
  for (const { typed: text } of corpus) await mia.say(text);
  await mia.say(kept);
  await mia.say('stuck');
  const problems = await mia.card((card) => card.input?.kind === 'text');
  const describe = problems.input?.action;
  if (!describe) throw new Error('there is no form to describe what is in the way');
  for (const { typed: text } of some) await mia.press(describe, text);
  await mia.press(describe, `${kept} in a form`);
  // A picture comes with words; what is in them counts, and the picture is never looked at.
  const said = { kind: 'text' as const, text: corpus[0]?.typed ?? '', files: 1 };
  await app.receive({
    ...{ id: randomUUID(), from: { provider: 'local' as const, tenant: 'local', id: 'mia' }, profile: {} },
    ...{ conversation: { key: 'employee/mia', reference: { as: 'mia' } }, at: new Date(), said },
  });
  await shown(first.title ?? '');

  const visited = new Set<string>();
  for (let i = 0; i < 80; i++) {
    await mia.say('status');
    const card = await mia.card((c) => c.tone === 'success' || c.progress !== undefined);
    if (card.tone === 'success') break;
    const step = flow.steps.find((s) => s.title === card.title);
    if (step?.secret && !visited.has(step.id)) {
      visited.add(step.id);
      const canary = canaryAt(step.id);
      await type(canary);
      await mia.card((c) => c.title === withheld);
      // The form that was opened at another step, and a pause, make no difference.
      await mia.press(describe, `${canary}form`);
      typed.push(`${canary}form`);
      await mia.say('pause');
      await type(`${canary}paused`);
      await mia.say('resume');
      await shown(step.title);
      if (step.id === 'forgot-password') {
        await closeTheKnownIssue(app);
        continue;
      }
    }
    const detour = card.choices?.options.find(({ action }) => {
      const to = step?.answers.find((a) => a.id === action.arg)?.to ?? '';
      return step?.id === 'what-you-see' && flow.byId.get(to)?.secret && !visited.has(to);
    });
    const next = detour ? { action: detour.action } : onward(flow, card);
    await mia.press(next.action, next.value);
    await mia.card((c) => JSON.stringify(c) !== JSON.stringify(card));
  }
  expect([...visited].sort()).toEqual(secretSteps.map((step) => step.id).sort());
  return typed;
}

async function closeTheKnownIssue(app: TestApp): Promise<void> {
  const response = await fetch(`${app.address}/api/v1/known-issues/identrust-login-bug`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ open: false }),
  });
  expect(response.ok).toBe(true);
}

/** Short ones, and digits alone, occur by chance within numbers and ids: those must stand by themselves. */
function occurs(secret: string, text: string): boolean {
  if (secret.length >= 7 && /[A-Za-z]/.test(secret)) return text.includes(secret);
  const literal = secret.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w.:-])${literal}(?![\\w.:-])`).test(text);
}

/** JSON writes the end of a line in its own way. */
const spellings = (text: string) => [text, JSON.stringify(text).slice(1, -1)];

async function lookEverywhere(app: TestApp, database: { url?: string; files: string }) {
  const typed = await talk(app);
  await app.sweep();
  const places: Record<string, string> = {
    transcript: await (await fetch(`${app.address}/chat/api/transcript?as=mia`)).text(),
    stream: await wholeStream(app.address, 'mia'),
    answers: await allAnswers(app.address, key),
    metrics: (await (await fetch(`${app.address}/metrics`)).text()).replace(/ [\d.e+-]+$/gm, ''),
    // The database is asked once the service is gone: what it wrote while it stopped counts too.
  };
  await app.stop();
  const opened = await openDatabase({ dataDir: app.dataDir, ...(database.url && { url: database.url }) });
  places.rows = await allRows(opened.prisma);
  if (database.url) await opened.prisma.$executeRaw`CHECKPOINT`;
  await opened.close();
  places.log = app.log();
  const files = await allFiles(database.files);

  for (const place of ['transcript', 'stream', 'answers', 'rows'])
    expect({ place, kept: places[place]?.includes(kept) }).toEqual({ place, kept: true });
  expect(files.includes(kept)).toBe(true);

  const needles = [...new Set([...corpus.flatMap((one) => [one.secret, one.typed]), ...typed])].flatMap(
    spellings,
  );
  const found = needles.flatMap((needle) => [
    ...Object.entries(places).flatMap(([place, text]) =>
      occurs(needle, text) ? [`${place}: ${needle}`] : [],
    ),
    ...(needle.length >= 7 && /[A-Za-z]/.test(needle) && files.includes(needle) ? [`files: ${needle}`] : []),
  ]);
  expect(found).toEqual([]);
}

describe('a secret that somebody types is found nowhere', () => {
  it('with the embedded database', async () => {
    const app = await startTestApp(settings);
    onTestFinished(() => app.end());
    await lookEverywhere(app, { files: app.dataDir });
  }, 240_000);

  const bin = findPostgres();
  suiteNeeding(
    'PostgreSQL',
    () => (bin ? true : 'it is not installed'),
    () => {
      it('with PostgreSQL', async () => {
        const server = await startPostgres(bin ?? '');
        onTestFinished(() => server.stop());
        const url = server.url('postgres');
        const app = await startTestApp({ ...settings, DATABASE_URL: url });
        onTestFinished(() => app.end());
        await lookEverywhere(app, { url, files: server.data });
      }, 240_000);
    },
  );
});
