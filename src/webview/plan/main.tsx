import { render } from 'preact';
import { acquireEditor } from '../shared/vscodeApi';
import { App } from './app';
import './css/base.css';
import './css/controls.css';
import './css/head.css';
import './css/verdict.css';
import './css/layout.css';
import './css/table.css';
import './css/comparison.css';
import './css/text.css';
import './css/advice.css';
import './css/details.css';
import './css/runAgain.css';

const root = document.getElementById('root');
if (root) render(<App editor={acquireEditor()} />, root);
