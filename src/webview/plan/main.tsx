import { render } from 'preact';
import { acquireEditor } from '../shared/vscodeApi';
import { App } from './app';
import './plan.css';

const root = document.getElementById('root');
if (root) render(<App editor={acquireEditor()} />, root);
