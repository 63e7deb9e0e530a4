import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

const near = 48;
const gap = 12;

interface Latest {
  /** What came or changed last; null: nothing yet. */
  key: string | null;
  /** The message that it is about; null where it is the employee's own. */
  anchor: string | null;
}

/**
 * Keeps the newest in view while the reader is at the end, and leaves them where they are when they have scrolled
 * back. A message taller than the window is shown from its top: nobody should have to scroll up to begin reading.
 */
export function useFollow(scroller: RefObject<HTMLElement | null>, latest: Latest) {
  const following = useRef(true);
  const anchor = useRef<string | null>(null);
  const placed = useRef(-1);
  const [below, setBelow] = useState(false);

  function room(element: HTMLElement): number {
    return element.scrollHeight - element.clientHeight;
  }

  function pin(): void {
    const element = scroller.current;
    if (!element) return;
    if (following.current) {
      const message = anchor.current && element.querySelector<HTMLElement>(`[data-id="${anchor.current}"]`);
      const top = message ? Math.max(0, message.offsetTop - gap) : room(element);
      element.scrollTop = Math.min(room(element), top);
      placed.current = element.scrollTop;
    }
    setBelow(room(element) - element.scrollTop > near);
  }

  function onScroll(): void {
    const element = scroller.current;
    if (!element || Math.abs(element.scrollTop - placed.current) < 2) return;
    placed.current = -1;
    const left = room(element) - element.scrollTop;
    following.current = left <= near;
    if (following.current) anchor.current = null;
    setBelow(left > near);
  }

  /** The reader did something: what comes of it is to be seen. */
  function follow(): void {
    following.current = true;
  }

  function toEnd(): void {
    following.current = true;
    anchor.current = null;
    pin();
  }

  useLayoutEffect(() => {
    anchor.current = latest.anchor;
    if (latest.anchor === null) following.current = true;
    pin();
  }, [latest.key]);

  // Pictures load and windows change their size: the place is kept through both.
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const observer = new ResizeObserver(pin);
    observer.observe(element);
    if (element.firstElementChild) observer.observe(element.firstElementChild);
    return () => observer.disconnect();
  }, []);

  return { below, onScroll, follow, toEnd };
}
