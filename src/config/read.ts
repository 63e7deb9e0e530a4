import type { Complaints } from './complaints.ts';
import type { Reading, Setting, Settings, Values } from './setting.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads each setting on its own; what several say together is for the parts of the configuration to judge. */
export function readSettings<S extends Settings>(
  settings: S,
  env: Environment,
  complaints: Complaints,
  warn: (sentence: string) => void,
): Reading<S> {
  const read = ([name, setting]: [string, Setting<unknown>]) => [
    name,
    readOne(name, setting, env[name], complaints),
  ];
  return {
    values: Object.fromEntries(Object.entries(settings).map(read)) as Values<S>,
    given: (...names) => names.every((name) => (env[name] ?? '').trim() !== ''),
    complain: (name, what) => complaints.add(name, what),
    warn,
  };
}

function readOne<T>(name: string, setting: Setting<T>, given: string | undefined, complaints: Complaints): T {
  const text = given?.trim();
  if (text === undefined) return setting.fallback;
  if (text === '') {
    if (setting.secret) complaints.add(name, 'is empty: write its value, or remove the line');
    return setting.fallback;
  }
  const parsed = setting.read.safeParse(text);
  if (parsed.success) return parsed.data;
  complaints.add(name, parsed.error.issues[0]?.message ?? 'is not understood: see .env.example');
  return setting.fallback;
}
