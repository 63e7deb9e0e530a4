import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { messageActivity, pressActivity } from '../../support/teams/activities.ts';
import { anonymous, startTeamsBot, type TeamsBot } from '../../support/teams/bot.ts';
import { ConnectorServer } from '../../support/teams/connector-server.ts';

const count = process.env.LONG ? 10_000 : 2_000;

describe('malformed activities', () => {
  let connector: ConnectorServer;
  let bot: TeamsBot;
  beforeAll(async () => {
    connector = await ConnectorServer.start();
    bot = await startTeamsBot(
      { ...anonymous, helpDeskChannel: '19:desk@thread.tacv2' },
      { receive: async () => 'duplicate' },
    );
  });
  afterAll(async () => {
    await bot.end();
    await connector.stop();
  });

  const types = fc.constantFrom(
    'message',
    'invoke',
    'conversationUpdate',
    'installationUpdate',
    'messageUpdate',
    'messageDelete',
    'messageReaction',
    'event',
    'typing',
    'endOfConversation',
    'contactRelationUpdate',
    '',
    'x',
  );
  const names = fc.constantFrom(
    'adaptiveCard/action',
    'task/fetch',
    'composeExtension/query',
    'fileConsent/invoke',
    'signin/verifyState',
    'application/search',
    'message/submitAction',
    '',
  );
  const junk = fc.anything({ maxDepth: 3, withBigInt: false, withDate: false });
  const base = fc.constantFrom(
    () => messageActivity(connector.url),
    () => pressActivity(connector.url, 'done|j|s|1|'),
  );

  /** A true activity of which some parts were replaced, dropped or nested wrongly. */
  const broken = fc
    .record({
      base,
      changes: fc.dictionary(
        fc.constantFrom(
          ...Object.keys(messageActivity('')),
          'value',
          'replyToId',
          'membersAdded',
          'reactionsAdded',
          'attachments',
          'entities',
          'deliveryMode',
          'label',
          'relatesTo',
        ),
        fc.oneof(
          junk,
          fc.constant(undefined),
          fc.constant(null),
          types,
          fc.record({ id: junk, tenantId: junk, conversationType: junk }),
          fc.array(fc.record({ id: junk, type: junk, contentType: junk, mentioned: junk, text: junk })),
        ),
        { minKeys: 0, maxKeys: 4 },
      ),
      type: fc.option(types, { nil: undefined }),
      name: fc.option(names, { nil: undefined }),
      value: fc.option(
        fc.oneof(
          junk,
          fc.record({ action: fc.oneof(junk, fc.record({ type: junk, verb: junk, data: junk })) }),
          fc.record({ action: fc.constant({ type: 'Action.Execute' }) }),
        ),
        { nil: undefined },
      ),
    })
    .map(({ base: make, changes, type, name, value }) => ({
      ...make(),
      ...changes,
      ...(type !== undefined && { type }),
      ...(name !== undefined && { name }),
      ...(value !== undefined && { value }),
    }));

  const body = fc.oneof(
    { arbitrary: broken.map((value) => JSON.stringify(value)), weight: 8 },
    { arbitrary: junk.map((value) => JSON.stringify(value) ?? ''), weight: 1 },
    { arbitrary: fc.string(), weight: 1 },
  );

  it(`${count} of them: no 5xx, no crash, no detail`, async () => {
    const answers = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        const answer = await bot.post(text);
        answers.set(answer.status, (answers.get(answer.status) ?? 0) + 1);
        expect(answer.status, text).toBeLessThan(500);
        if (answer.status === 200 && answer.body !== '')
          expect(JSON.parse(answer.body)).toHaveProperty('statusCode');
      }),
      { numRuns: count },
    );
    expect(answers.get(200)).toBeGreaterThan(count / 20);
    expect(answers.get(400)).toBeGreaterThan(count / 20);
    expect(await bot.post(messageActivity(connector.url))).toEqual({ status: 200, body: '' });
  }, 300_000);

  it('a body that is too large is refused', async () => {
    const { status } = await bot.post(messageActivity(connector.url, { text: 'x'.repeat(300_000) }));
    expect(status).toBe(413);
  });

  it('100 kB of text is taken', async () => {
    expect((await bot.post(messageActivity(connector.url, { text: 'word '.repeat(20_000) }))).status).toBe(
      200,
    );
  });
});
