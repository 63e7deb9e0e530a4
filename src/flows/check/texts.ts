import { openscCatalogue } from '../eca-download/opensc-catalogue.ts';
import type { FlowDocument, Step } from '../flow.ts';
import { markdownFaults } from '../markdown.ts';
import { type FlowValues, filler, flowValues } from '../values.ts';
import type { Finding } from './finding.ts';
import { allSteps, allTexts, type Text } from './parts.ts';
import { templateFaults } from './templates.ts';

/** Texts can be filled in, rendered by every channel, and are not longer than a channel takes. */
export function checkTexts(document: FlowDocument): Finding[] {
  return [
    ...allTexts(document).flatMap(checkText),
    ...allSteps(document).flatMap(({ it, path }) => checkCard(document, it, path)),
  ];
}

function checkText(text: Text): Finding[] {
  const faults = templateFaults(text.text).map(({ index, message }) => ({ path: text.path, index, message }));
  if (faults.length > 0) return faults;
  return [...outsideSubset(text), ...tooLong(text)];
}

function outsideSubset({ text, path, prose }: Text): Finding[] {
  if (!prose) return text.includes('\n') ? [{ path, message: 'this is one line: write no line break' }] : [];
  const asWritten = markdownFaults(text).map(({ offset, message }) => ({ path, index: offset, message }));
  if (asWritten.length > 0) return asWritten;
  // Leaving an unset value out may change what the text around it means.
  return samples
    .flatMap((values) => markdownFaults(filler(values).prose(text)))
    .slice(0, 1)
    .map(({ message }) => ({ path, message: `once filled in: ${message}` }));
}

function tooLong({ text, path, prose, most, limit }: Text): Finding[] {
  const longest = Math.max(
    ...samples.map((values) => slackLength(prose ? filler(values).prose(text) : filler(values).line(text))),
  );
  if (longest <= most) return [];
  return [
    { path, message: `once filled in, this is ${longest} characters: ${limit} takes ${most}; shorten it` },
  ];
}

/** Slack counts `&amp;` and its like as they are sent. */
function slackLength(text: string): number {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').length;
}

/** Choices that people can still take in, and that every channel can still show in one message. */
const mostChoices = 20;
/** Teams refuses cards that are larger; Microsoft names no exact number of bytes. */
const teamsCard = 25 * 1024;

function checkCard(document: FlowDocument, step: Step, path: readonly (string | number)[]): Finding[] {
  const problems = step.problems.length + document.problems.length;
  const bytes = cardBytes(step, Math.max(step.answers.length, problems));
  return [
    ...(problems > mostChoices
      ? [
          {
            path: [...path, 'problems'],
            message: `${problems} problems, with those of the whole flow: write at most ${mostChoices}`,
          },
        ]
      : []),
    ...(bytes > teamsCard
      ? [
          {
            path: [...path, 'body'],
            message: `the card of this step is about ${Math.ceil(bytes / 1024)} KB: Teams takes 25 KB; shorten the text`,
          },
        ]
      : []),
  ];
}

/** About what the step takes as an Adaptive Card: its texts (the body again as plain text), its frame, its buttons. */
function cardBytes(step: Step, choices: number): number {
  const frame = 3000;
  const button = 400;
  return (
    Buffer.byteLength(JSON.stringify([step.title, step.body, step.body, step.picture?.alt])) +
    frame +
    (choices + 6) * button
  );
}

const contact = 'x'.repeat(80);

/** Each installer, with all that may be unset at its longest; and with nothing set. */
const samples: readonly FlowValues[] = openscCatalogue.flatMap((opensc) => [
  flowValues({ opensc, helpDeskContact: contact, helpDeskHours: contact, emailSender: contact }),
  flowValues({ opensc }),
]);
