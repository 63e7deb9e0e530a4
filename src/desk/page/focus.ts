/** Ids to try, the best first, should what has the focus vanish. */
let wanted: string[] = [];

/** What has the focus is about to make room for this. */
export function expectFocus(id: string): void {
  wanted = [id, ...wanted];
}

/**
 * Lists are drawn anew while people work in them. When what has the focus is moved or replaced, the focus goes back
 * to the element of the same id; where that is gone, to the one that `data-home` of its surroundings names; and else
 * to the view's heading. It never falls to the top of the page.
 * @returns how to stop
 */
export function keepFocus(): () => void {
  const remember = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement)) return;
    const home = target.closest<HTMLElement>('[data-home]')?.dataset.home ?? '';
    wanted = [target.id, home, 'view'].filter((id) => id !== '');
  };
  // Whoever clicks beside everything wants no focus.
  const forget = () => {
    wanted = [];
  };
  const mend = () => {
    if (document.activeElement !== document.body || !document.hasFocus()) return;
    const found = wanted.map((id) => document.getElementById(id)).find((element) => element !== null);
    found?.focus();
  };
  const observer = new MutationObserver(mend);
  document.addEventListener('focusin', remember);
  document.addEventListener('pointerdown', forget);
  observer.observe(document.body, { childList: true, subtree: true });
  return () => {
    observer.disconnect();
    document.removeEventListener('focusin', remember);
    document.removeEventListener('pointerdown', forget);
  };
}
