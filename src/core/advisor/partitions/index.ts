/** What the advisor of partitions offers to the command line, the server and the pages. */
export { advisePartitioning, type PartitionWorkload } from './advise';
export type { AdvisedStatement, Effect, StatementUse } from './keyUse';
export type { DoNotPartition, PartitionAdvice, PartitionIt } from './partitionAdvice';
export type { KeyFacts, PartitionFacts, TableFacts } from './partitionFacts';
export type { PartitionScheme, RangeScheme, ListScheme, HashScheme, KeyKind, PeriodUnit } from './scheme';
export { DEFAULT_THRESHOLDS, type PartitionThresholds } from './thresholds';
export { maintenancePlan, crontabLine, type ScheduleOptions } from './maintenance/maintenancePlan';
export { maintenanceRoutines, type MaintenanceRoutines } from './maintenance/maintenanceRoutines';
export { DEFAULT_AHEAD, type MaintenanceSpec, type Retirement } from './maintenance/maintenanceSpec';
export { partmanPlan } from './maintenance/partman';
export { timescalePlan, type TimescalePlan, type TimescaleRequest } from './timescale';
export { continuousAggregates, type ContinuousAggregate } from './continuousAggregates';
export { chooseDistribution, type Distribution } from './distribution/distributionColumns';
export { citusPlan, type CitusPlan } from './distribution/citus';
export {
  foreignShards,
  type ForeignShards,
  type ForeignShardsRequest,
  type Shard,
  type ShardServer,
} from './distribution/foreignShards';
export {
  adviceJson,
  forecastCosts,
  partitionSuggestion,
  schemeInWords,
  type StatementForecast,
} from './describeAdvice';
export { enginePlans, type EnginePlan } from './enginePlans';
