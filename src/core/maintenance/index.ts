export type { MaintenanceFacts, MaterializedViewFacts, PartitionedFacts, TableFacts } from './facts';
export { cronJobs } from './formats/cronJobs';
export { maintenanceScript } from './formats/shellScript';
export { maintenanceSql } from './formats/sqlDocument';
export { maintenanceText } from './formats/text';
export { crontabLines, systemdUnits } from './formats/timers';
export { planMaintenance } from './planMaintenance';
export type { MaintenancePlan, MaintenanceTask } from './task';
