import type { ComponentChildren } from 'preact';

/** The few drawings of the page; all decorative, so hidden from screen readers. */

interface DrawingProps {
  class?: string;
  size?: number;
  children: ComponentChildren;
}

function Drawing({ class: kind = 'icon', size = 24, children }: DrawingProps) {
  return (
    <svg
      class={kind}
      viewBox={`0 0 ${size} ${size}`}
      fill="none"
      stroke="currentColor"
      stroke-width={2}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

/** The helper: a USB token with a tick. */
export function Helper() {
  return (
    <Drawing class="helper" size={32}>
      <rect x="10.5" y="12" width="11" height="14" rx="2.5" />
      <path d="M12.5 12V6h7v6" />
      <path d="m13.2 19 2.2 2.2 3.6-4" />
    </Drawing>
  );
}

export function Tick() {
  return (
    <Drawing>
      <path d="m5 12.5 4.5 4.5L19 7.5" />
    </Drawing>
  );
}

export function Warning() {
  return (
    <Drawing>
      <path d="M12 4 2.8 20h18.4zM12 10v4.5M12 17.4v.1" />
    </Drawing>
  );
}

export function Send() {
  return (
    <Drawing>
      <path d="M12 19V5M5.5 11.5 12 5l6.5 6.5" />
    </Drawing>
  );
}

export function Down() {
  return (
    <Drawing>
      <path d="M12 5v14M5.5 12.5 12 19l6.5-6.5" />
    </Drawing>
  );
}

export function Lock() {
  return (
    <Drawing>
      <rect x="5" y="11" width="14" height="9" rx="2" />
      <path d="M8 11V8a4 4 0 0 1 8 0v3" />
    </Drawing>
  );
}

export function Person() {
  return (
    <Drawing>
      <circle cx="12" cy="8" r="3.6" />
      <path d="M4.8 20a7.2 7.2 0 0 1 14.4 0" />
    </Drawing>
  );
}

export function Enlarge() {
  return (
    <Drawing>
      <path d="M9 4H4v5M15 4h5v5M9 20H4v-5M15 20h5v-5" />
    </Drawing>
  );
}
