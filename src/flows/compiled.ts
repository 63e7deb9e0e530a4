import type { FlowDocument, Problem, Step } from './flow.ts';

/** A flow made ready: values filled in, settings decided, look-ups made. Immutable, so one serves all journeys. */
export interface Flow {
  id: string;
  version: number;
  title: string;
  nudges: readonly string[];
  reasons: Readonly<Record<string, string>>;
  issues: FlowDocument['issues'];
  /** In the document's order, without those whose setting rules them out. */
  steps: readonly FlowStep[];
  byId: ReadonlyMap<string, FlowStep>;
  /** Problems that may occur at any step. */
  problems: readonly Problem[];
  /** Every problem of every step, and the flow's own, by id. */
  problemById: ReadonlyMap<string, Problem>;
  /** The document's order of all step ids, including those ruled out: for finding the nearest earlier step. */
  order: readonly string[];
  end: FlowDocument['end'];
}

export interface FlowStep extends Step {
  section: { id: string; title: string };
  /** Place in `Flow.steps`. */
  index: number;
}
