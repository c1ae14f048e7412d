export { alertRules } from './alertRules';
export { grafanaDashboard } from './dashboard';
export { exporterConfiguration } from './exporterConfiguration';
export { NOT_MONITORED, watchedChecks, type Watched } from './metrics';
