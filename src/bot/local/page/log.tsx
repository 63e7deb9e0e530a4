import { useRef } from 'preact/hooks';
import type { Shown } from '../fold.ts';
import { Card } from './card.tsx';
import { type ChatState, type Conversation, removed } from './conversation.ts';
import { useFocusKeeping } from './focus.ts';
import { useFollow } from './follow.ts';
import { Down, Helper } from './icons.tsx';
import { OwnWords } from './own-words.tsx';
import { clockTime, dayName, fullTime } from './time.ts';

/** Messages of one side that follow each other this closely stand as one group. */
const together = 5 * 60_000;

export function Log({ conversation, state }: { conversation: Conversation; state: ChatState }) {
  const scroller = useRef<HTMLElement>(null);
  const { shown } = state.transcript;
  const current = shown.findLast((one) => one.kind === 'message' && isOpenCard(one))?.id ?? null;
  const latest = latestOf(state);
  const { below, onScroll, follow, toEnd } = useFollow(scroller, latest);
  useFocusKeeping(scroller, current, latest.key);

  return (
    <main class="log-frame">
      <section
        ref={scroller}
        class="log"
        role="log"
        aria-live="off"
        aria-label="Conversation"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={onScroll}
      >
        <div class="log-inside">
          {state.loaded && shown.length === 0 && state.echoes.length === 0 && <Beginning />}
          {shown.map((one, i) => (
            <Item key={one.id} one={one} before={shown[i - 1]}>
              {one.kind === 'said' ? (
                <OwnWords text={one.text ?? removed} withheld={one.text === null} />
              ) : (
                <Card
                  shown={one}
                  current={one.id === current}
                  press={state.presses[one.id]}
                  onPress={(action, value) => {
                    follow();
                    conversation.press(one.id, action, value);
                  }}
                />
              )}
            </Item>
          ))}
          {state.echoes.map((echo) => (
            <div key={echo.id} class="item item-you">
              <OwnWords
                text={echo.text}
                state={echo.state}
                fault={echo.fault}
                onAgain={() => conversation.sayAgain(echo.id)}
              />
            </div>
          ))}
        </div>
      </section>
      {below && (
        <button
          type="button"
          class="to-end"
          aria-label="Go to the newest message"
          title="Go to the newest message"
          onClick={toEnd}
        >
          <Down />
        </button>
      )}
    </main>
  );
}

function Item({
  one,
  before,
  children,
}: {
  one: Shown;
  before: Shown | undefined;
  children: preact.ComponentChildren;
}) {
  const newDay = !before || new Date(before.at).toDateString() !== new Date(one.at).toDateString();
  const first =
    newDay ||
    before.kind !== one.kind ||
    new Date(one.at).getTime() - new Date(before.at).getTime() > together;
  const side = one.kind === 'said' ? 'you' : 'bot';
  return (
    <>
      {newDay && (
        <p class="day">
          <span>{dayName(one.at, new Date())}</span>
        </p>
      )}
      <div class={`item item-${side} ${first ? 'item-first' : ''}`} data-id={one.id}>
        {first && (
          <p class="byline">
            <span class={side === 'bot' ? '' : 'unseen'}>{side === 'bot' ? 'ecadesk' : 'You'}</span>
            <time dateTime={one.at} title={fullTime(one.at)}>
              {clockTime(one.at)}
            </time>
          </p>
        )}
        {first && side === 'bot' && (
          <span class="avatar avatar-small">
            <Helper />
          </span>
        )}
        {children}
      </div>
    </>
  );
}

function Beginning() {
  return (
    <div class="beginning">
      <span class="avatar avatar-large">
        <Helper />
      </span>
      <p>
        Say <strong>start</strong> to begin, or <strong>help</strong> to see what I can do.
      </p>
    </div>
  );
}

/** A card that still asks for something. */
function isOpenCard(one: Shown): boolean {
  if (one.kind !== 'message' || one.message.tone !== 'step') return false;
  const { buttons, choices, input } = one.message;
  return buttons.length > 0 || choices !== undefined || input !== undefined;
}

function latestOf({ transcript, echoes }: ChatState): { key: string | null; anchor: string | null } {
  const echo = echoes.at(-1);
  if (echo) return { key: `${echo.id} ${transcript.last}`, anchor: null };
  const changed = transcript.shown.reduce<Shown | null>(
    (best, one) => (!best || age(one) >= age(best) ? one : best),
    null,
  );
  if (!changed) return { key: null, anchor: null };
  return { key: `${changed.id} ${transcript.last}`, anchor: changed.kind === 'message' ? changed.id : null };
}

function age(one: Shown): number {
  return one.kind === 'message' ? Math.max(one.seq, one.edited) : one.seq;
}
