import './styles/desk.css';
import { render } from 'preact';
import { App } from './app.tsx';

const root = document.getElementById('app');
if (!root) throw new Error('The page has no place for the desk.');
render(<App />, root);
