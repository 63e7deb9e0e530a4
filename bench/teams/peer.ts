import { createServer, type IncomingMessage } from 'node:http';
import { type AdaptiveCard, Application } from '@microsoft/teams-ai';
import {
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  ConversationState,
  MemoryStorage,
  type TurnContext,
} from 'botbuilder';
import { DialogSet, DialogTurnStatus, WaterfallDialog } from 'botbuilder-dialogs';
import { Pool } from 'pg';
import { z } from 'zod';

/**
 * What ecadesk is measured against, each the least of its kind. All do the same to the outside: a press is answered
 * with the card that ecadesk shows then, and the message is updated through the connector. `PEER` says which:
 * - `echo`: a bare teams-ai Application that answers and forgets.
 * - `insert`: the same, with one row committed before it answers.
 * - `waterfall`: a dialog of botbuilder-dialogs, its place kept in memory.
 */
const { PEER = 'echo', DATABASE_URL } = process.env;
const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication({}));
const pool = PEER === 'insert' ? new Pool({ connectionString: DATABASE_URL, max: 10 }) : null;
await pool?.query(
  'CREATE TABLE IF NOT EXISTS bare (id text PRIMARY KEY, at timestamptz DEFAULT now(), event jsonb)',
);

/** What ecadesk shows after these presses, by the verb of the button. */
const shown = z.object({
  summary: z.string(),
  card: z.custom<AdaptiveCard>((card) => typeof card === 'object' && card !== null),
});
const answers = z.object({ stuck: shown, 'to-step': shown }).parse(JSON.parse(process.env.ANSWERS ?? ''));

async function show(context: TurnContext) {
  const { id, value, replyToId } = context.activity;
  const verb = JSON.stringify(value ?? id).includes('stuck|') ? 'stuck' : 'to-step';
  const { summary, card } = answers[verb];
  const attachments = [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }];
  await context.updateActivity({ type: 'message', id: replyToId ?? '', summary, attachments });
  return card;
}

function echo(): (context: TurnContext) => Promise<unknown> {
  const app = new Application({ startTypingTimer: false });
  app.adaptiveCards.actionExecute(/.*/, async (context) => {
    const { id, value } = context.activity;
    await pool?.query('INSERT INTO bare (id, event) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      id,
      JSON.stringify(value),
    ]);
    return show(context);
  });
  return (context) => app.run(context);
}

function waterfall(): (context: TurnContext) => Promise<unknown> {
  const state = new ConversationState(new MemoryStorage());
  const dialogs = new DialogSet(state.createProperty('dialog'));
  const turn = async (context: TurnContext) => {
    const value = await show(context);
    const body = { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value };
    await context.sendActivity({ type: 'invokeResponse', value: { status: 200, body } });
  };
  dialogs.add(
    new WaterfallDialog('steps', [
      async (step) => {
        await turn(step.context);
        return { status: DialogTurnStatus.waiting };
      },
      async (step) => {
        await turn(step.context);
        return { status: DialogTurnStatus.waiting };
      },
      async (step) => step.replaceDialog('steps'),
    ]),
  );
  return async (context) => {
    // A waterfall goes on with messages alone; a press has to look like one while it runs.
    context.activity.type = 'message';
    const dialog = await dialogs.createContext(context);
    const { status } = await dialog.continueDialog();
    if (status === DialogTurnStatus.empty) await dialog.beginDialog('steps');
    await state.saveChanges(context);
    context.activity.type = 'invoke';
  };
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

const logic = PEER === 'waterfall' ? waterfall() : echo();
const server = createServer(async (request, response) => {
  const body = await bodyOf(request);
  const answer = {
    socket: undefined,
    status: (code: number) => {
      response.statusCode = code;
    },
    header: (name: string, value: unknown) => void response.setHeader(name, String(value)),
    send: (value: unknown) => void response.write(typeof value === 'string' ? value : JSON.stringify(value)),
    end: () => void response.end(),
  };
  await adapter.process({ method: 'POST', headers: {}, body }, answer, async (context) => {
    await logic(context);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address)
    process.stdout.write(`listening on http://127.0.0.1:${address.port}\n`);
});
