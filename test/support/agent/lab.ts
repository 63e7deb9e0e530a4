import { startTestApp, type TestApp } from '../app.ts';
import { ChatClient } from '../chat-client.ts';
import { pairProperly, type RogueDevice, type Target } from './rogue.ts';

/** A whole server with people in its browser chat, for attacks. */
export interface Lab extends Target {
  readonly app: TestApp;
  /** Somebody new in the chat. */
  person(): Promise<ChatClient>;
  /** Somebody new whose computer, in a rogue's hands, is paired. */
  paired(): Promise<{ chat: ChatClient; device: RogueDevice }>;
  /** Time goes by; rate limits forget. */
  later(minutes: number): void;
}

export async function startLab(env: Record<string, string> = {}): Promise<Lab> {
  const app = await startTestApp(env);
  let people = 0;
  const lab: Lab = {
    app,
    get address() {
      return app.address;
    },
    now: () => app.clock.now,
    async person() {
      const chat = new ChatClient(() => app.address, `person-${people++}`);
      await chat.open();
      return chat;
    },
    async paired() {
      const chat = await lab.person();
      return { chat, device: await pairProperly(lab, chat, { hostname: `PC-${people}` }) };
    },
    later(minutes) {
      app.clock.now += minutes * 60_000;
    },
  };
  return lab;
}
