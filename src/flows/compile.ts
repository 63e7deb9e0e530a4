import type { Flow, FlowStep } from './compiled.ts';
import { fillIn } from './fill-in.ts';
import type { FlowDocument } from './flow.ts';
import { applySettings } from './settings.ts';
import type { FlowSettings, FlowValues } from './values.ts';

export interface CompileWith {
  values: FlowValues;
  settings: FlowSettings;
}

/**
 * Makes a document ready: leaves out what a setting rules out, fills values in, and makes the look-ups. Conditions on
 * known issues stay, because those change while people are under way.
 */
export function compileFlow(document: FlowDocument, version: number, w: CompileWith): Flow {
  return assemble(fillIn(applySettings(document, w.settings), w.values), version, orderOf(document));
}

/** The ids of all steps as the document has them. */
export function orderOf(document: FlowDocument): string[] {
  return document.sections.flatMap((section) => section.steps.map((s) => s.id));
}

/** The look-ups of a document in which nothing is left to decide or fill in. */
export function assemble(document: FlowDocument, version: number, order: readonly string[]): Flow {
  const steps: FlowStep[] = document.sections
    .flatMap(({ id, title, steps }) => steps.map((s) => ({ ...s, section: { id, title } })))
    .map((s, index) => ({ ...s, index }));
  const problems = [...steps.flatMap((s) => s.problems), ...document.problems];
  return {
    id: document.flow,
    version,
    title: document.title,
    nudges: document.nudges,
    reasons: document.reasons,
    issues: document.issues,
    steps,
    byId: new Map(steps.map((s) => [s.id, s])),
    problems: document.problems,
    problemById: new Map(problems.map((p) => [p.id, p])),
    order,
    end: document.end,
  };
}
