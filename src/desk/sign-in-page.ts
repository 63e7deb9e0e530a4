import { escapeHtml, htmlPage, type Shell } from './shell.ts';

/** Asks before the link is used up: whoever only looks at the address changes nothing. */
export function askPage(shell: Shell, token: string, name: string): string {
  return htmlPage(
    shell,
    'Sign in · ecadesk',
    `<main class="gate">
<h1>Sign in to the help desk</h1>
<p>You will be signed in as <strong>${escapeHtml(name)}</strong> in this browser, for 12 hours. This link works once.</p>
<form method="post" action="/desk/sign-in">
<input type="hidden" name="token" value="${escapeHtml(token)}">
<button class="button primary" type="submit">Sign in as ${escapeHtml(name)}</button>
</form>
</main>`,
    false,
  );
}

export function spentPage(shell: Shell): string {
  return htmlPage(
    shell,
    'Link no longer valid · ecadesk',
    `<main class="gate">
<h1>Get a new sign-in link</h1>
<p>This one was used already, or is older than ten minutes.</p>
<p>Type <kbd>console</kbd> to the bot, or start ecadesk anew and take the address that it prints.</p>
<p><a href="/desk">Go to the help desk</a></p>
</main>`,
    false,
  );
}
