import { render } from 'preact';
import { acquireEditor } from '../shared/vscodeApi';
import { App } from './app';
import '../plan/css/base.css';
import '../plan/css/controls.css';
import '../plan/css/head.css';
import '../plan/css/layout.css';
import '../plan/css/text.css';
import './css/profile.css';

const root = document.getElementById('root');
if (root) render(<App editor={acquireEditor()} />, root);
