export const tenant = '11111111-2222-4333-8444-555555555555';
export const appId = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
export const person = '99999999-8888-4777-8666-555555555555';

/** What Teams sends when somebody writes to the bot. */
export function messageActivity(serviceUrl: string, change: Record<string, unknown> = {}) {
  return {
    type: 'message',
    id: '1700000000001',
    channelId: 'msteams',
    serviceUrl,
    timestamp: '2026-11-24T15:00:00.000Z',
    localTimezone: 'America/New_York',
    locale: 'en-US',
    from: { id: '29:person', name: 'Ana Arroyo', aadObjectId: person },
    recipient: { id: `28:${appId}`, name: 'ecadesk' },
    conversation: { id: 'a:chat', conversationType: 'personal', tenantId: tenant },
    channelData: { tenant: { id: tenant } },
    text: 'start',
    ...change,
  };
}

/** What Teams sends when somebody presses a button of a card. */
export function pressActivity(serviceUrl: string, action: string, change: Record<string, unknown> = {}) {
  const verb = action.split('|')[0];
  return messageActivity(serviceUrl, {
    type: 'invoke',
    name: 'adaptiveCard/action',
    id: 'f:1',
    text: undefined,
    replyToId: 'card-1',
    value: { action: { type: 'Action.Execute', verb, data: { action } }, trigger: 'manual' },
    ...change,
  });
}
