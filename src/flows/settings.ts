import type { Condition, FlowDocument } from './flow.ts';
import type { FlowSettings } from './values.ts';

/**
 * The document without the steps, answers and problems that a setting rules out. A target that is ruled out becomes
 * the next step of the main line after it, or none (whatever follows) where nothing stands after it.
 */
export function applySettings(document: FlowDocument, settings: FlowSettings): FlowDocument {
  const all = document.sections.flatMap((section) => section.steps);
  const retarget = <T extends { to?: string | undefined }>(of: T): T => {
    const from = all.findIndex((s) => s.id === of.to);
    if (from < 0) return of;
    const to = all.slice(from).find((s, i) => stands(s, settings) && (i === 0 || !s.detour));
    return { ...of, to: to?.id };
  };
  const keep = <T extends { when?: Condition | undefined; to?: string | undefined }>(those: T[]): T[] =>
    those.filter((it) => stands(it, settings)).map(retarget);
  const sections = document.sections.map((section) => ({
    ...section,
    steps: section.steps
      .filter((s) => stands(s, settings))
      .map((s) => ({ ...s, answers: keep(s.answers), problems: keep(s.problems) })),
  }));
  return { ...document, sections, problems: keep(document.problems) };
}

function stands({ when }: { when?: Condition | undefined }, settings: FlowSettings): boolean {
  const states: Readonly<Record<string, boolean>> = settings;
  return when?.setting === undefined || (states[when.setting.id] ?? false) === when.setting.is;
}
