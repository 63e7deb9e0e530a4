import type { TurnContext } from 'botbuilder';
import type { BotFrameworkAuthentication } from 'botframework-connector';
import type { Activity } from '../activity.ts';
import type { AdaptiveCard } from '../card/schema.ts';
import type { Sdk } from './load.ts';

/** What an Action.Execute is answered with: the new card, nothing, or words about what went wrong. */
export type PressAnswer = { card: AdaptiveCard } | { error: string } | 'noted';

/** What the channel does with what the SDK routes to it. */
export interface Handlers {
  message(activity: Activity): Promise<void>;
  edited(activity: Activity): Promise<void>;
  deleted(activity: Activity): Promise<void>;
  reacted(activity: Activity): Promise<void>;
  membersAdded(activity: Activity): Promise<void>;
  press(activity: Activity): Promise<PressAnswer>;
}

export interface Answer {
  status: number;
  body?: unknown;
}

/** Takes one verified activity through the SDK. Throws what a handler threw. */
export type Process = (authorization: string | undefined, activity: Activity) => Promise<Answer>;

/**
 * teams-ai's Application routes, CloudAdapter authenticates. No typing timer (it keeps a turn's state on the
 * application, across people) and no turn state: the journey is in our database alone.
 */
export function sdkProcess(sdk: Sdk, auth: BotFrameworkAuthentication, handlers: Handlers): Process {
  const adapter = new sdk.builder.CloudAdapter(auth);
  const inHand = new WeakMap<object, Activity>();
  const of = (context: TurnContext): Activity => {
    const activity = inHand.get(context.activity);
    if (!activity) throw new Error('A turn came without its activity.');
    return activity;
  };
  const app = new sdk.teams.Application({ startTypingTimer: false, removeRecipientMention: false });
  app.activity('message', (context) => handlers.message(of(context)));
  app.activity('messageUpdate', (context) => handlers.edited(of(context)));
  app.activity('messageDelete', (context) => handlers.deleted(of(context)));
  app.messageReactions('reactionsAdded', (context) => handlers.reacted(of(context)));
  app.conversationUpdate('membersAdded', (context) => handlers.membersAdded(of(context)));
  app.adaptiveCards.actionExecute(/.*/, async (context) => {
    await context.sendActivity(invokeResponse(await handlers.press(of(context))));
    return '';
  });

  return async (authorization, activity) => {
    let failure: unknown;
    const answer: Answer = { status: 200 };
    const ended = Promise.withResolvers<void>();
    const response = {
      socket: undefined,
      status: (status: number) => {
        answer.status = status;
      },
      header: () => {},
      send: (body: unknown) => {
        answer.body = body;
      },
      end: () => ended.resolve(),
    };
    const request = {
      method: 'POST',
      headers: authorization ? { authorization } : {},
      body: { ...activity },
    };
    await adapter.process(request, response, async (context) => {
      inHand.set(context.activity, activity);
      try {
        await app.run(context);
      } catch (error) {
        failure = error;
      }
    });
    await ended.promise;
    if (failure !== undefined) throw failure;
    return answer;
  };
}

/** `statusCode` 200 without a card leaves the card as it is. */
function invokeResponse(answer: PressAnswer) {
  const body =
    answer === 'noted'
      ? { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: '' }
      : 'card' in answer
        ? { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: answer.card }
        : {
            statusCode: 500,
            type: 'application/vnd.microsoft.error',
            value: { code: 'NotSaved', message: answer.error },
          };
  return { type: 'invokeResponse', value: { status: 200, body } };
}
