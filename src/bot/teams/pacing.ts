/**
 * Teams' own limits for one bot: per conversation 7 in a second, 8 in 2, 60 in 30, 1800 in an hour; 30 requests a
 * second per tenant. Source: Microsoft Learn, "Optimize your bot with rate limiting in Teams".
 */
const standard = { thread: 7, tenant: 30 };

/** For the pacer of each conversation; raising the setting raises the longer windows with it. */
export function threadWindows(perSecond: number = standard.thread): { per: number; max: number }[] {
  const factor = perSecond / standard.thread;
  const scaled = (max: number) => Math.max(1, Math.floor(max * factor));
  return [
    { per: 1_000, max: perSecond },
    { per: 2_000, max: scaled(8) },
    { per: 30_000, max: scaled(60) },
    { per: 3_600_000, max: scaled(1800) },
  ];
}

/** For the pacer of a whole tenant. */
export function tenantWindows(perSecond: number = standard.tenant): { per: number; max: number }[] {
  return [{ per: 1_000, max: perSecond }];
}
