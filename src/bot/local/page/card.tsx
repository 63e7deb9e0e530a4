import type { Action } from '../../action.ts';
import type { Message } from '../../message.ts';
import type { Shown } from '../fold.ts';
import { ActionButton } from './action-button.tsx';
import { AskForm } from './ask-form.tsx';
import type { Press } from './conversation.ts';
import { Tick, Warning } from './icons.tsx';
import { Picture } from './picture.tsx';
import { Progress } from './progress.tsx';
import { Prose } from './prose.tsx';

interface CardProps {
  shown: Extract<Shown, { kind: 'message' }>;
  /** The one card that waits for the employee now. */
  current: boolean;
  press: Press | undefined;
  onPress(action: Action, value?: string): void;
}

/** One message of the bot. Each edit makes its content anew, so that a button never changes its meaning under a finger. */
export function Card({ shown, current, press, onPress }: CardProps) {
  const { message, edited } = shown;
  return (
    <article
      class={`message tone-${message.tone} ${current ? 'message-current' : ''}`}
      aria-label={message.title ?? 'ecadesk'}
    >
      {message.finished && (
        <Finished line={message.finished} key={`finished ${edited}`} alone={!hasMore(message)} />
      )}
      {hasMore(message) && <Content key={edited} message={message} press={press} onPress={onPress} />}
    </article>
  );
}

/**
 * What was left behind, as a line. With a card below it, it was just finished; alone, all that is known is that the
 * card is over (its step may have been shown anew further down), so it claims no more.
 */
function Finished({ line, alone }: { line: string; alone: boolean }) {
  return (
    <p class={`finished ${alone ? 'finished-alone' : ''}`}>
      {!alone && <Tick />}
      <span>
        <span class="unseen">{alone ? 'Earlier: ' : 'Finished: '}</span>
        {line}
      </span>
    </p>
  );
}

type ContentProps = Pick<CardProps, 'press' | 'onPress'> & { message: Message };

function Content({ message, press, onPress }: ContentProps) {
  const { progress, title, body, picture, fields, choices, input, buttons, note } = message;
  const busy = press !== undefined && press.state !== 'failed';
  const button = { busy, press, onPress };
  return (
    <div class="content">
      {progress && <Progress progress={progress} />}
      <ToneMark tone={message.tone} />
      {title && (
        <h2 data-heading tabIndex={-1}>
          {title}
        </h2>
      )}
      {!title && !body && !progress && (
        <p data-heading tabIndex={-1}>
          {message.summary}
        </p>
      )}
      {body && <Prose text={body} heading={!title} />}
      {picture && <Picture picture={picture} />}
      {fields.length > 0 && (
        <dl class="fields">
          {fields.map(({ label, value }, i) => (
            <div key={`${i} ${label}`}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {choices && (
        <fieldset class="choices">
          <legend>{choices.prompt}</legend>
          {choices.options.map((option, i) => (
            <ActionButton key={i} button={option} kind="choice" {...button} />
          ))}
        </fieldset>
      )}
      {input && <AskForm input={input} busy={busy} onSubmit={(value) => onPress(input.action, value)} />}
      {buttons.length > 0 && (
        <fieldset class="buttons" aria-label={title ? `What to do: ${title}` : 'What to do'}>
          {buttons.map((one, i) => (
            <ActionButton key={i} button={one} kind="button" {...button} />
          ))}
        </fieldset>
      )}
      {press?.state === 'failed' && (
        <p class="fault" role="alert">
          <Warning /> {press.fault}
        </p>
      )}
      {note && <p class="note">{note}</p>}
    </div>
  );
}

/** The tone in words and a sign, since colour alone says nothing to many. */
function ToneMark({ tone }: Pick<Message, 'tone'>) {
  if (tone === 'warning')
    return (
      <p class="mark">
        <Warning /> Please note
      </p>
    );
  if (tone === 'success')
    return (
      <p class="mark">
        <Tick /> Good news
      </p>
    );
  return null;
}

/** Whether there is anything beside the finished line. */
function hasMore({
  finished,
  progress,
  title,
  body,
  picture,
  fields,
  choices,
  input,
  buttons,
  note,
}: Message): boolean {
  if (!finished) return true;
  return (
    Boolean(progress ?? title ?? body ?? picture ?? choices ?? input ?? note) ||
    fields.length + buttons.length > 0
  );
}
