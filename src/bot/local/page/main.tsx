import './styles/chat.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { Conversation } from './conversation.ts';
import { whoAmI } from './people.ts';

const as = whoAmI();
const conversation = new Conversation(as);
conversation.begin();

const root = document.getElementById('app');
if (!root) throw new Error('The page has no place for the chat.');
render(<App conversation={conversation} />, root);
