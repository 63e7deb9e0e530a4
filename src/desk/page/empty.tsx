import type { ComponentChildren } from 'preact';

export function Empty({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="title">{title}</p>
      <p>{children}</p>
    </div>
  );
}

export function Loading() {
  return (
    <p class="empty quiet" role="status">
      Looking…
    </p>
  );
}

export function Fault({ words }: { words: string }) {
  return (
    <p class="fault" role="alert">
      {words}
    </p>
  );
}
