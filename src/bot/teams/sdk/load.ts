/**
 * The Teams SDKs, loaded only when Teams is on: they take seconds and 140 MB. They are at the end of their lives
 * upstream; nothing outside this folder imports them, so a successor is a new folder.
 */
export async function loadSdk() {
  const [teams, builder, connector] = await Promise.all([
    import('@microsoft/teams-ai'),
    import('botbuilder'),
    import('botframework-connector'),
  ]);
  return { teams, builder, connector };
}

export type Sdk = Awaited<ReturnType<typeof loadSdk>>;
