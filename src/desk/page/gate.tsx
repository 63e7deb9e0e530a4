import { useEffect, useRef } from 'preact/hooks';

/** Why nobody is signed in: not yet, no longer, or by their own wish. */
export type Why = 'never' | 'ended' | 'left';

const titles: Readonly<Record<Why, string>> = {
  never: 'Sign in to the help desk',
  ended: 'Your session has ended',
  left: 'You are signed out',
};

/** Shown to whoever is not signed in: it tells the two ways in, and opens by itself once one was taken. */
export function Gate({ why, fault }: { why: Why; fault: string | null }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${titles[why]} · ecadesk`;
    if (why !== 'never') heading.current?.focus();
  }, [why]);
  return (
    <main class="gate">
      <h1 ref={heading} tabIndex={-1}>
        {titles[why]}
      </h1>
      {why === 'ended' && <p>Sessions last 12 hours. Sign in again to go on where you were.</p>}
      <ul>
        <li>
          In Slack or Teams, type <kbd>console</kbd> to the bot. It sends you a sign-in link of your own.
        </li>
        <li>On the computer that runs ecadesk, open the one-time address that it printed at its start.</li>
      </ul>
      <p class="quiet">Once you have signed in, in any tab of this browser, this page goes on by itself.</p>
      <p role="alert" class="fault">
        {fault}
      </p>
    </main>
  );
}
