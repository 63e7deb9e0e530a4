import { useEffect, useState } from 'preact/hooks';
import { Announcer } from './announcer.tsx';
import { Banner } from './banner.tsx';
import { Composer } from './composer.tsx';
import type { ChatState, Conversation } from './conversation.ts';
import { Header } from './header.tsx';
import { Log } from './log.tsx';

export function App({ conversation }: { conversation: Conversation }) {
  const state = useConversation(conversation);
  useTitle(state.unread);
  return (
    <>
      <a class="skip" href="#message">
        Skip to the message box
      </a>
      <Header as={conversation.as} line={state.line} />
      <Banner line={state.line} />
      <Log conversation={conversation} state={state} />
      <Composer onSay={(text) => conversation.say(text)} />
      <Announcer news={state.news} />
    </>
  );
}

function useConversation(conversation: Conversation): ChatState {
  const [state, setState] = useState(conversation.state);
  useEffect(() => {
    conversation.watch(() => setState(conversation.state));
    setState(conversation.state);
  }, [conversation]);
  return state;
}

function useTitle(unread: number): void {
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) ecadesk` : 'ecadesk';
  }, [unread]);
}
