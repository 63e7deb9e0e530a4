import { App, HTTPReceiver } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import { Pool } from 'pg';
import { z } from 'zod';

/**
 * What ecadesk is measured against: the least that a Bolt app can do with a press: verify it, acknowledge it, answer
 * the same by editing the message. With DATABASE_URL it commits one row before it acknowledges.
 */
const { SLACK_SIGNING_SECRET = '', SLACK_BOT_TOKEN = '', SLACK_API_URL = '', DATABASE_URL } = process.env;

/** What ecadesk answered to these presses, by the verb of the button. */
const card = z.object({ text: z.string(), blocks: z.array(z.custom<KnownBlock>((block) => block !== null)) });
const answers = z.object({ stuck: card, 'to-step': card }).parse(JSON.parse(process.env.ANSWERS ?? ''));

const receiver = new HTTPReceiver({ signingSecret: SLACK_SIGNING_SECRET });
const app = new App({
  receiver,
  authorize: async () => ({ botToken: SLACK_BOT_TOKEN, teamId: 'T1' }),
  clientOptions: { slackApiUrl: SLACK_API_URL, retryConfig: { retries: 0 } },
  convoStore: false,
});
const pool = DATABASE_URL === undefined ? null : new Pool({ connectionString: DATABASE_URL, max: 10 });
await pool?.query(
  'CREATE TABLE IF NOT EXISTS bare (id text PRIMARY KEY, at timestamptz DEFAULT now(), event jsonb)',
);

app.action(/^/, async ({ ack, respond, body, action }) => {
  const id = 'action_ts' in action ? `${body.user.id}/${action.action_ts}` : body.user.id;
  await pool?.query('INSERT INTO bare (id, event) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    id,
    JSON.stringify(action),
  ]);
  await ack();
  const verb = 'action_id' in action && action.action_id.startsWith('stuck') ? 'stuck' : 'to-step';
  await respond({ ...answers[verb], replace_original: true });
});

const server = await receiver.start({ port: 0, host: '127.0.0.1' });
const address = server.address();
if (typeof address === 'object' && address)
  process.stdout.write(`listening on http://127.0.0.1:${address.port}\n`);
