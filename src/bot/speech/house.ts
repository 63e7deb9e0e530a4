/** What the organisation says of its help desk and its clock; used in sentences. */
export interface House {
  /** How to reach the help desk outside the bot; null: not configured. */
  contact: string | null;
  hours: string | null;
  /** IANA name: for people whose own zone is not known. */
  timeZone: string;
  /** What paired computers may do at this moment; off also while a lead has stopped them all. */
  agent: { readonly mode: 'off' | 'look' | 'change' };
  /** The version of OpenSC that the organisation has chosen. */
  openscVersion: string;
}

/** "Tuesday, 24 November" in the person's own zone. */
export function dayIn(zone: string, at: number): string {
  return new Intl.DateTimeFormat('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    timeZone: zone,
  }).format(at);
}
