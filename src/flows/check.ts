import { checkAnswers } from './check/answers.ts';
import type { Finding } from './check/finding.ts';
import { mend } from './check/mend.ts';
import { checkNames } from './check/names.ts';
import { checkRoutes } from './check/routes.ts';
import { checkTexts } from './check/texts.ts';
import type { FlowDocument } from './flow.ts';
import { type Fault, type FlowText, readFlowText } from './flow-text.ts';
import type { Path } from './path.ts';

export interface CheckAgainst {
  /** Whether the flow's folder of pictures holds this file. */
  hasPicture(file: string): boolean;
}

/** Everything that is wrong with a flow document, in the order of its lines; nothing where it may be published. */
export function checkFlow(yaml: string, against: CheckAgainst): Fault[] {
  const text = readFlowText(yaml);
  const { document, paths } = text.document
    ? { document: text.document, paths: [] }
    : (mend(text.value) ?? {});
  const found = document ? findings(document, against) : [];
  const own = found.filter(({ path }) => !paths?.some((mended) => isWithin(path, mended)));
  return [...text.faults, ...own.map((finding) => place(finding, yaml, text))].sort(
    (a, b) => a.line - b.line || a.column - b.column,
  );
}

function findings(document: FlowDocument, against: CheckAgainst): Finding[] {
  return [
    ...checkNames(document, against.hasPicture),
    ...checkAnswers(document),
    ...checkTexts(document),
    ...checkRoutes(document),
  ];
}

function isWithin(path: Path, outer: Path): boolean {
  return outer.every((part, i) => path[i] === part);
}

/**
 * Puts a finding within a text where it is in the file. YAML may fold and quote the text, so the word at that place
 * is looked for again: the n-th time that it comes in the value is the n-th time in the file.
 */
function place({ path, index, message }: Finding, yaml: string, text: FlowText): Fault {
  const begin = text.offset(path);
  const value = text.valueAt(path);
  if (index === undefined || begin === undefined || typeof value !== 'string')
    return text.fault(path, message);
  const word = /^\S+/.exec(value.slice(index))?.[0] ?? '';
  let at = begin - 1;
  for (let from = 0; word && from >= 0 && from <= index; ) {
    const next = value.indexOf(word, from);
    if (next < 0 || next > index) break;
    at = yaml.indexOf(word, at + 1);
    if (at < 0) return text.fault(path, message);
    from = next + 1;
  }
  return text.faultAt(Math.max(at, begin), message);
}
