import type { Tell } from '../../flows/effect.ts';
import type { House } from './house.ts';

/** The sentence for each thing the bot tells beside the card, in Markdown. */
export function sentence(tell: Tell, house: House): string {
  switch (tell.id) {
    case 'stale':
      return 'That button was from an earlier moment, so nothing changed. Here is where you are now.';
    case 'choose':
      return 'Choose one of the answers below, so that I know how to go on.';
    case 'first-step':
      return 'This is the first step, so there is nothing to go back to.';
    case 'date-unlikely':
      return 'That date cannot be right: choose the day the notary or trusted agent signed, or say that you do not know it.';
    case 'nudge':
      return nudge(tell.count, tell.daysLeft);
    case 'snoozed':
      return 'I will remind you tomorrow. Come back any time before, if you like.';
    case 'help-desk-told':
      return `**I told the help desk.**${present(house)} You need not explain it again: they see the step and what you tried.`;
    case 'help-desk-knows':
      return `**The help desk knows about this already.**${present(house)}`;
    case 'help-desk-claimed':
      return `**${name(tell.name)} from the help desk is looking into it.** I stay quiet meanwhile.`;
    case 'help-desk-resolved':
      return `**${name(tell.name)} from the help desk says it is solved.** Let us go on.`;
    case 'wait-over':
      return `Is it there? We were waiting for ${tell.for}. If not, press **I'm stuck**.`;
    case 'deadline-near':
      return `**${days(tell.daysLeft)} left.** IdenTrust gives 30 days from the notary's signature to retrieve the certificate; after that a new application is needed.`;
    case 'deadline-passed':
      return "The 30 days since the notary's signature have passed, so IdenTrust may ask for a new application. I told the help desk; they will say what to do.";
    case 'step-moved':
      return 'The instructions were improved while you were away. This is the step that fits where you were.';
    case 'issue-changed':
      return 'The help desk has news about a known problem here, so this step has changed.';
    case 'too-early':
      return '**Please take the USB token out again.** It is not needed yet; I will say when.';
    case 'token-out':
      return 'Thank you, it is out. Keep it at hand.';
    case 'computer-looks':
      return `I asked **${tell.name}** to look. One moment.`;
    case 'computer-asks':
      return `**Look at ${tell.name} now:** it asks you whether it may. Nothing happens without your yes there.`;
    case 'proven':
      return proven(tell.fact, tell.subject);
    case 'not-proven':
      return tell.message;
    case 'computer-paired':
      return `**Your computer ${tell.name} is paired.** From now on it helps with these steps.`;
    case 'computer-unpaired':
      return `**Your computer ${tell.name} is no longer paired.** Everything works by hand as well.`;
    case 'computer-silent':
      return 'Are you on the VPN? Your computer has not come back to me yet. If you need one, connect it now; or simply go on by hand.';
  }
}

const facts: Readonly<Record<string, string>> = {
  windows: 'Your computer confirms that it runs Windows.',
  'opensc-installed': 'Your computer confirms that OpenSC is installed.',
  restarted: 'Welcome back! Your computer has restarted.',
  'token-present': 'Your computer sees the token.',
  'token-absent': 'Your computer confirms that no token is in.',
};

function proven(fact: string, subject: string | null): string {
  if (subject !== null) return `Your computer shows me the certificate of **${subject}**.`;
  return facts[fact] ?? 'Your computer confirms it.';
}

function nudge(count: number, left: number | null): string {
  const urge =
    left !== null && left <= 7 ? ` There are **${days(left)}** left to retrieve your certificate.` : '';
  if (count === 1) return `Shall we go on? Your place is kept.${urge}`;
  if (count === 2) return `Still here when you are.${urge} If something is in the way, press **I'm stuck**.`;
  return `This is my last reminder.${urge} If I hear nothing, I will ask the help desk to look in on you.`;
}

function days(count: number): string {
  return count === 1 ? '1 day' : `${count} days`;
}

function name(text: string): string {
  return text === '' ? 'Somebody' : text;
}

function present(house: House): string {
  const hours = house.hours ? ` They are there ${house.hours}.` : '';
  const contact = house.contact ? ` You can also reach them at ${house.contact}.` : '';
  return `${hours}${contact}`;
}
