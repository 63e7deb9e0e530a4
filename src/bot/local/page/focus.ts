import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

/**
 * An edit in place takes away the button that was pressed. The focus then goes to the heading of the current card,
 * not to the top of the page and not to the next card's Done; when the card moves on (posted anew), so does the
 * focus, until the reader takes it elsewhere.
 */
export function useFocusKeeping(
  log: RefObject<HTMLElement | null>,
  currentCard: string | null,
  change: string | null,
): void {
  const focused = useRef<Element | null>(null);
  const carried = useRef<Element | null>(null);

  useEffect(() => {
    const element = log.current;
    if (!element) return;
    const note = (event: FocusEvent) => {
      focused.current = event.target instanceof Element ? event.target : null;
      if (carried.current !== focused.current) carried.current = null;
    };
    const leave = (event: FocusEvent) => {
      // Somewhere else on the page: the reader's own wish.
      if (event.relatedTarget instanceof Element && !element.contains(event.relatedTarget)) {
        focused.current = null;
        carried.current = null;
      }
    };
    element.addEventListener('focusin', note);
    element.addEventListener('focusout', leave);
    return () => {
      element.removeEventListener('focusin', note);
      element.removeEventListener('focusout', leave);
    };
  }, [log]);

  useLayoutEffect(() => {
    const lost = focused.current !== null && !focused.current.isConnected && nothingFocused();
    const behind = carried.current !== null && document.activeElement === carried.current;
    if (!lost && !behind) return;
    const target = log.current?.querySelector<HTMLElement>(`[data-id="${currentCard}"] [data-heading]`);
    const place = target ?? log.current;
    if (!place || place === document.activeElement) return;
    carried.current = place;
    place.focus({ preventScroll: true });
  }, [change]);
}

function nothingFocused(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}
