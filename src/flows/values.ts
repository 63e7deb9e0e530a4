import mustache from 'mustache';
import type { OpenscRelease } from './eca-download/opensc-catalogue.ts';

/** The values that a flow may name as `{{opensc.file}}`; this list is closed, so a typing error is found by the check. */
export const valueNames = [
  'opensc.version',
  'opensc.file',
  'opensc.address',
  'opensc.page',
  'helpdesk.contact',
  'helpdesk.hours',
  'email.sender',
] as const;
export type ValueName = (typeof valueNames)[number];

/** Those that may be unset: a flow mentions them within `{{#name}}…{{/name}}`. */
export const optionalValues: ReadonlySet<string> = new Set<ValueName>([
  'helpdesk.contact',
  'helpdesk.hours',
  'email.sender',
]);

export type FlowValues = Readonly<Partial<Record<ValueName, string>>>;

/** The switches that a flow's conditions may name. */
export const settingNames = ['opensc-by-it'] as const;
export type SettingName = (typeof settingNames)[number];
export type FlowSettings = Readonly<Record<SettingName, boolean>>;

/** Those named are on, all others off. */
export function settingsOn(on: readonly SettingName[]): FlowSettings {
  return { 'opensc-by-it': on.includes('opensc-by-it') };
}

/** What a flow is filled in with, from the configuration. */
export function flowValues(from: {
  opensc: OpenscRelease;
  helpDeskContact?: string | undefined;
  helpDeskHours?: string | undefined;
  emailSender?: string | undefined;
}): FlowValues {
  return {
    'opensc.version': from.opensc.version,
    'opensc.file': from.opensc.file,
    'opensc.address': from.opensc.address,
    'opensc.page': from.opensc.page,
    ...(from.helpDeskContact && { 'helpdesk.contact': from.helpDeskContact }),
    ...(from.helpDeskHours && { 'helpdesk.hours': from.helpDeskHours }),
    ...(from.emailSender && { 'email.sender': from.emailSender }),
  };
}

export interface Filler {
  /** For titles and labels, which are plain text. */
  line(template: string): string;
  /** For Markdown: what is special there is escaped in the values. */
  prose(template: string): string;
}

export function filler(values: FlowValues): Filler {
  const plain = nested(values, (value) => value);
  const markdown = nested(values, (value) => value.replace(/[\\`*[\]<>&#~|!]/g, '\\$&'));
  const fill = (template: string, view: object): string =>
    template.includes('{{') ? mustache.render(template, view, {}, { escape: String }) : template;
  return { line: (template) => fill(template, plain), prose: (template) => fill(template, markdown) };
}

/** `{ 'opensc.file': x }` as `{ opensc: { file: x } }`, which is how mustache looks dotted names up. */
function nested(
  values: FlowValues,
  change: (value: string) => string,
): Record<string, Record<string, string>> {
  const view: Record<string, Record<string, string>> = {};
  for (const [name, value] of Object.entries(values)) {
    const [group = '', key = ''] = name.split('.');
    view[group] = { ...view[group], [key]: change(value) };
  }
  return view;
}
