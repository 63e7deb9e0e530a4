import type { webApi } from '@slack/bolt';
import { decodeAction } from '../action.ts';
import { dateBlock, textBlock } from './blocks.ts';
import type { Command, Form, Press } from './body.ts';
import { NotSaved } from './gate.ts';
import type { Homes } from './homes.ts';
import { fromCommand, fromForm, fromPress, pickedDate } from './incoming.ts';
import { formRefusal, modalFor } from './modal.ts';
import type { Log } from './parts.ts';
import type { Places } from './places.ts';
import { ephemeral, type Respond } from './response-url.ts';
import type { Save } from './saving.ts';
import { directAddress, words } from './words.ts';
import type { Workspace } from './workspace.ts';

export interface InteractionParts {
  client: webApi.WebClient;
  save: Save;
  places: Places;
  homes: Homes;
  workspace: Workspace;
  respond: Respond;
  clock: () => Date;
  log: Log;
}

/** Presses, forms and commands. Slack delivers none of them again: what was not saved is said to the person. */
export function interactions(parts: InteractionParts) {
  const { client, save, places, homes, workspace, respond, clock, log } = parts;

  /** Saved, or false; everything else is a mistake of ours and thrown. */
  async function saved(draft: Parameters<Save>[0]): Promise<boolean> {
    try {
      await save(draft, 'is-given-up');
      return true;
    } catch (error) {
      if (!(error instanceof NotSaved)) throw error;
      log.error(
        { err: error, event: draft.id },
        'A Slack interaction was not saved; the person is asked to repeat it.',
      );
      return false;
    }
  }

  /** Resolves when it may be acknowledged; what is said beside it does not keep Slack waiting. */
  async function press(body: Press): Promise<void> {
    const [pressed] = body.actions;
    if (pressed?.type === 'datepicker') return;
    if (pressed?.block_id === textBlock) return aside(openForm(body, pressed), body);
    if (pressed?.block_id === dateBlock && pickedDate(body) === undefined)
      return aside(tell(body, words.pickFirst), body);
    const draft = fromPress(body, clock());
    if (!draft) return log.warn({ user: body.user.id }, 'A button was pressed that is none of ours.');
    if (!(await saved(draft))) return aside(tell(body, words.pressAgain), body);
    if (body.container.type === 'view') aside(homes.publish(draft.from), body);
  }

  function aside(work: Promise<void>, { user }: Press): void {
    work.catch((error: unknown) =>
      log.warn({ err: error, user: user.id }, 'The answer to a press did not reach Slack.'),
    );
  }

  async function openForm(body: Press, pressed: Press['actions'][number]): Promise<void> {
    const action = decodeAction(pressed.action_id);
    const view = action && modalFor(action, pressed.value);
    if (!view) return;
    try {
      await client.views.open({ trigger_id: body.trigger_id, view });
    } catch (error) {
      log.warn({ err: error }, 'Slack did not open a form.');
      await tell(body, words.formFailed);
    }
  }

  /** To the person alone where they pressed, or in the direct conversation where Slack offers no such answer. */
  async function tell(body: Press, text: string): Promise<void> {
    if (body.response_url !== undefined) return respond(body.response_url, ephemeral(text));
    const { channel } = await places.direct(body.user.id);
    await client.chat.postMessage({ channel, text });
  }

  /** @returns what to answer when it could not be saved */
  async function form(body: Form) {
    const draft = fromForm(body, clock());
    if (!draft) return null;
    return (await saved(draft)) ? null : formRefusal(words.formAgain);
  }

  /** @returns the answer that only this person sees */
  async function command(body: Command) {
    const sentence = (await saved(fromCommand(body, clock()))) ? answered() : words.commandAgain;
    return { response_type: 'ephemeral' as const, text: sentence };
  }

  function answered(): string {
    const own = workspace.known();
    return own
      ? words.answered(directAddress(own.team, own.bot))
      : 'I have answered you in our direct message.';
  }

  return { press, form, command };
}
