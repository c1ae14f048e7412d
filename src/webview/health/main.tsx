import { render } from 'preact';
import { acquireEditor } from '../shared/vscodeApi';
import { App } from './app';
import '../plan/css/base.css';
import '../plan/css/controls.css';
import './health.css';

const root = document.getElementById('root');
if (root) render(<App editor={acquireEditor()} />, root);
