import type { Assessment } from './certificates/assess.ts';

/** Everything a verdict rests on. Made by `observe.ts` on the computer; plain data, so that it can be made up too. */
export interface Observation {
  /** How looking went. `missing`: there is no module file. */
  readonly outcome: 'looked' | 'missing' | 'failed' | 'timed-out';
  /** The computer's own words about a failure; for the help desk. */
  readonly detail: string | null;
  /** False: a token kept coming and going. */
  readonly settled: boolean;
  readonly system: SystemView;
  readonly slots: readonly SlotView[];
}

export interface SystemView {
  readonly platform: string;
  readonly service: 'running' | 'absent' | 'unknown';
  readonly readers: readonly ReaderView[];
  /** In a remote session Windows shows the readers of the computer one sits at, not of this one. */
  readonly remoteSession: boolean;
}

export interface ReaderView {
  readonly name: string;
  readonly card: 'present' | 'absent' | 'mute' | 'unknown';
  /** A reader made of software, like "Windows Hello for Business 1": never the employee's token. */
  readonly virtual: boolean;
}

export interface SlotView {
  readonly reader: string;
  readonly virtual: boolean;
  readonly removable: boolean;
  /** Why a token that is there cannot be used; `null` when there is none or all is well. */
  readonly problem: string | null;
  readonly token: TokenView | null;
}

export interface TokenView {
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
  readonly initialized: boolean;
  readonly certificates: readonly Assessment[];
  /** Certificates whose bytes could not be read. */
  readonly unreadable: number;
}
