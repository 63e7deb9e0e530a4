import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Received } from '../../../src/bot/incoming.ts';
import { messageActivity, person, pressActivity, tenant } from '../../support/teams/activities.ts';
import { anonymous, startTeamsBot, type TeamsBot } from '../../support/teams/bot.ts';
import { ConnectorServer } from '../../support/teams/connector-server.ts';

const helpDesk = '19:desk@thread.tacv2';

describe('what comes in from Teams', () => {
  let connector: ConnectorServer;
  let bot: TeamsBot;
  let next: () => Promise<Received> = async () => 'received';

  beforeAll(async () => {
    connector = await ConnectorServer.start();
    bot = await startTeamsBot({ ...anonymous, helpDeskChannel: helpDesk }, { receive: () => next() });
  });
  afterEach(() => {
    next = async () => 'received';
    bot.received.length = 0;
    connector.calls.length = 0;
    connector.messages.clear();
    connector.faults = [];
  });
  afterAll(async () => {
    await bot.end();
    await connector.stop();
  });

  const say = (change: Record<string, unknown> = {}) => bot.post(messageActivity(connector.url, change));
  const press = (action: string, change: Record<string, unknown> = {}) =>
    bot.post(pressActivity(connector.url, action, change));

  it('is received with who, where, when and what, and answered at once', async () => {
    expect(await say()).toEqual({ status: 200, body: '' });
    expect(bot.received).toEqual([
      {
        id: 'message|a:chat|1700000000001|',
        from: { provider: 'teams', tenant, id: person },
        profile: { name: 'Ana Arroyo', locale: 'en-US', zone: 'America/New_York' },
        conversation: {
          key: `${tenant}/a:chat`,
          reference: expect.objectContaining({
            serviceUrl: connector.url,
            conversation: 'a:chat',
            place: 'personal',
          }),
        },
        at: expect.any(Date),
        said: { kind: 'text', text: 'start', files: 0 },
      },
    ]);
  });

  it('counts files without fetching them, and formatting as none', async () => {
    await say({
      text: 'look',
      attachments: [
        { contentType: 'text/html', content: '<p>look</p>' },
        { contentType: 'image/png', contentUrl: `${connector.url}/secret.png` },
        { contentType: 'application/vnd.microsoft.teams.file.download.info', content: {} },
      ],
    });
    expect(bot.received[0]?.said).toEqual({ kind: 'text', text: 'look', files: 2 });
    expect(connector.calls).toEqual([]);
  });

  it.each([
    ['a time zone that is none', { localTimezone: 'Mars/Base' }, { name: 'Ana Arroyo', locale: 'en-US' }],
    ['no name', { from: { id: '29:x', aadObjectId: person } }, { locale: 'en-US', zone: 'America/New_York' }],
  ])('%s is left out', async (_name, change, profile) => {
    await say(change);
    expect(bot.received[0]?.profile).toEqual(profile);
  });

  it('ignores who has no Entra id, as other bots have none', async () => {
    expect((await say({ from: { id: '28:another-bot', name: 'Bot' } })).status).toBe(200);
    expect(bot.received).toEqual([]);
  });

  it('tells an edit and a deletion from the message that they are about', async () => {
    await say({
      type: 'messageUpdate',
      channelData: { tenant: { id: tenant }, eventType: 'editMessage' },
      text: 'my PIN',
    });
    await say({
      type: 'messageDelete',
      channelData: { tenant: { id: tenant }, eventType: 'softDeleteMessage' },
    });
    await say({ type: 'messageReaction', reactionsAdded: [{ type: 'like' }] });
    expect(bot.received.map((i) => i.said.kind)).toEqual(['edited', 'deleted', 'reacted']);
    expect(new Set(bot.received.map((i) => i.id)).size).toBe(3);
    expect(JSON.stringify(bot.received)).not.toContain('PIN');
  });

  it('opens the conversation when the bot is added to somebody’s own chat, not when a group gets a member', async () => {
    const added = (members: string[], conversationType: string) =>
      say({
        type: 'conversationUpdate',
        text: undefined,
        membersAdded: members.map((id) => ({ id })),
        conversation: { id: 'a:chat', conversationType, tenantId: tenant },
      });
    const me = messageActivity('').recipient.id;
    await added(['29:person', me], 'personal');
    await added(['29:person'], 'personal');
    await added([me], 'groupChat');
    await say({ type: 'installationUpdate', action: 'add', text: undefined });
    expect(bot.received.map((i) => i.said)).toEqual([{ kind: 'opened' }]);
  });

  it.each(['groupChat', 'channel'])(
    'answers what is said in a %s in the person’s own chat',
    async (conversationType) => {
      const group = { id: '19:group', conversationType, tenantId: tenant, isGroup: true };
      const entities = [
        { type: 'mention', mentioned: { id: messageActivity('').recipient.id }, text: '<at>ecadesk</at>' },
      ];
      expect((await say({ conversation: group, text: '<at>ecadesk</at> status', entities })).status).toBe(
        200,
      );
      expect(bot.received[0]).toMatchObject({
        said: { kind: 'text', text: 'status' },
        conversation: {
          key: `${tenant}/a:own-chat`,
          reference: { conversation: 'a:own-chat', place: 'personal' },
        },
      });
      expect(connector.posted()).toEqual([
        expect.objectContaining({ text: expect.stringContaining('our own chat') }),
      ]);
      expect(connector.calls.at(-1)?.path).toContain('/conversations/19:group/activities');
    },
  );

  it('says in the group how to reach it where no own chat can be opened', async () => {
    connector.faults = [{ status: 403, code: 'BotNotInConversationRoster' }];
    await say({
      from: { id: '29:new-here', aadObjectId: 'new-here' },
      conversation: { id: '19:group', conversationType: 'groupChat', tenantId: tenant },
    });
    expect(bot.received).toEqual([]);
    expect(connector.posted()).toEqual([
      expect.objectContaining({ text: expect.stringContaining('Open a chat with me') }),
    ]);
  });

  it('receives a press with its action, and acknowledges it where no card changes', async () => {
    next = async () => 'duplicate';
    const { status, body } = await press('answer|j1|step-a|4|yes');
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({
      statusCode: 200,
      type: 'application/vnd.microsoft.activity.message',
      value: '',
    });
    expect(bot.received[0]).toMatchObject({
      said: {
        kind: 'press',
        action: { verb: 'answer', about: 'j1', step: 'step-a', revision: 4, arg: 'yes' },
      },
    });
  });

  it('gives the changed card back in the answer to the press', async () => {
    const { channel, received } = bot;
    next = async () => {
      setTimeout(() => {
        const { conversation, hint } = received.at(-1) ?? { conversation: { key: '', reference: {} } };
        void channel.deliver({
          id: 'o',
          conversation,
          audience: 'employee',
          op: 'edit',
          target: { conversation: 'a:chat', activity: 'card-1' },
          message: { summary: 'Step 2', tone: 'step', title: 'Step 2', fields: [], buttons: [] },
          ambiguous: false,
          hint,
        });
      }, 50);
      return 'received';
    };
    connector.messages.set('card-1', {});
    const { body } = await press('done|j1|step-a|4|');
    expect(JSON.parse(body)).toMatchObject({
      statusCode: 200,
      type: 'application/vnd.microsoft.card.adaptive',
      value: { type: 'AdaptiveCard', speak: 'Step 2' },
    });
    await expect.poll(() => connector.messages.get('card-1')).toMatchObject({ summary: 'Step 2' });
  });

  it('takes a press on a staff post as said in the presser’s own chat, so that the channel is nobody’s journey', async () => {
    next = async () => 'duplicate';
    const conversation = { id: '19:desk;messageid=1', conversationType: 'channel', tenantId: tenant };
    await press('claim|j1|||e1', { conversation, from: { id: '29:staff', name: 'Kim', aadObjectId: 'kim' } });
    await press('claim|j1|||e1', {
      conversation,
      from: { id: '29:staff', name: 'Kim', aadObjectId: 'kim' },
      id: 'f:2',
    });
    expect(bot.received.map((i) => i.conversation.key)).toEqual([
      `${tenant}/a:own-chat`,
      `${tenant}/a:own-chat`,
    ]);
    expect(connector.calls).toHaveLength(1);
    connector.faults = [{ status: 403 }];
    const { body } = await press('claim|j1|||e1', {
      conversation,
      from: { id: '29:other', aadObjectId: 'lee' },
    });
    expect(JSON.parse(body)).toMatchObject({
      value: { message: expect.stringContaining('Open a chat with me') },
    });
    expect(bot.received).toHaveLength(2);
  });

  it('brings what was filled in with the press', async () => {
    next = async () => 'duplicate';
    const action = 'signed-on|j1|step-a|4|';
    await press(action, {
      value: { action: { type: 'Action.Execute', verb: 'signed-on', data: { action, value: '2026-11-20' } } },
    });
    expect(bot.received[0]?.said).toMatchObject({ kind: 'press', value: '2026-11-20' });
  });

  it('takes the same press as a message from a client that does not know Action.Execute', async () => {
    await say({ text: undefined, value: { action: 'done|j1|step-a|4|' } });
    expect(bot.received[0]?.said).toMatchObject({ kind: 'press', action: { verb: 'done', step: 'step-a' } });
  });

  it('does not take a press whose verb and ids disagree', async () => {
    const { status, body } = await press('done|j1|step-a|4|', {
      value: { action: { type: 'Action.Execute', verb: 'back', data: { action: 'done|j1|step-a|4|' } } },
    });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ statusCode: 500, type: 'application/vnd.microsoft.error' });
    expect(bot.received).toEqual([]);
  });

  it('never says "noted" of what could not be saved', async () => {
    next = async () => {
      throw new Error('the database is away: secret detail');
    };
    const pressed = await press('done|j1|step-a|4|');
    expect(JSON.parse(pressed.body)).toMatchObject({
      statusCode: 500,
      value: { message: expect.stringContaining('Press the button again') },
    });
    expect(pressed.body).not.toContain('secret detail');
    const said = await say();
    expect(said).toEqual({ status: 503, body: '' });
    expect(connector.posted()).toEqual([
      expect.objectContaining({ text: expect.stringContaining('send it again') }),
    ]);
  });

  it('knows staff by the roster of the help desk’s channel, page by page, and nobody while it cannot be read', async () => {
    let time = 0;
    const own = await startTeamsBot({ ...anonymous, helpDeskChannel: helpDesk }, { clock: () => time });
    const isStaff = (id: string, inTenant = tenant) =>
      own.channel.isStaff?.({ provider: 'teams', tenant: inTenant, id }) ?? Promise.resolve(null);
    connector.roster.pages = [
      [
        { id: '29:1', aadObjectId: 'STAFF-ONE', tenantId: tenant, userRole: 'user' },
        { id: '29:2', aadObjectId: 'guest', tenantId: tenant, userRole: 'guest' },
      ],
      [
        { id: '29:3', objectId: 'staff-two', userRole: 'user' },
        { id: '29:4', aadObjectId: 'outsider', tenantId: 'another' },
        { id: '28:bot', name: 'a bot' },
      ],
    ];
    expect(await isStaff('staff-one')).toBe(false);
    await own.post(messageActivity(connector.url));
    expect(
      await Promise.all(['staff-one', 'staff-two', 'guest', 'outsider', 'nobody'].map((id) => isStaff(id))),
    ).toEqual([true, true, false, false, false]);
    expect(await isStaff('staff-one', 'another')).toBe(false);
    const asked = connector.calls.filter((call) => call.path.endsWith('/pagedmembers')).length;
    expect(asked).toBe(2);
    connector.roster.pages = [[]];
    expect(await isStaff('staff-one')).toBe(true);
    time += 5 * 60_000 + 1;
    expect(await isStaff('staff-one')).toBe(false);
    time += 5 * 60_000 + 1;
    connector.faults = [{ status: 502 }];
    connector.roster.pages = [[{ id: '29:1', aadObjectId: 'staff-one', tenantId: tenant }]];
    expect(await isStaff('staff-one')).toBe(false);
    expect(await isStaff('staff-one')).toBe(true);
    await own.end();
  });
});
