import type { ComponentChildren } from 'preact';

/** The heading of a view: where the skip link leads, and where the focus goes when what had it is gone. */
export function ViewTitle({ children }: { children: ComponentChildren }) {
  return (
    <h2 id="view" tabIndex={-1}>
      {children}
    </h2>
  );
}
