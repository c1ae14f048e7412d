import type { Channel } from '../../protocol/channel';
import type { PlanHost, PlanPage } from '../../protocol/planPanel';
import type { Actions } from './actions';

/** The extension as an object whose methods can be called, for whatever channel is open at the time. */
export function connectHost(channel: () => Channel<PlanPage, PlanHost> | undefined): Required<PlanHost> {
  const call =
    <K extends keyof PlanHost>(method: K) =>
    (...args: Parameters<Required<PlanHost>[K]>): Promise<never> => {
      const open = channel() as { call(method: string, ...args: unknown[]): Promise<never> } | undefined;
      return open?.call(method, ...args) ?? Promise.reject(new Error('The page is not connected.'));
    };
  return {
    ready: call('ready'),
    explain: call('explain'),
    revealStatement: call('revealStatement'),
    apply: call('apply'),
    undo: call('undo'),
    runStep: call('runStep'),
    rawText: call('rawText'),
    saveAsMigration: call('saveAsMigration'),
    cancel: call('cancel'),
    copy: call('copy'),
    copyText: call('copyText'),
    exportAs: call('exportAs'),
    hoverNode: call('hoverNode'),
    compareWith: call('compareWith'),
    pinBaseline: call('pinBaseline'),
    clearHistory: call('clearHistory'),
    choosePlan: call('choosePlan'),
    openRule: call('openRule'),
  };
}

interface Surroundings {
  select(nodeId: number): void;
  /** Something new is asked for: what failed before is over. */
  start(): void;
  fail(error: unknown): void;
}

export function connectActions(host: Required<PlanHost>, { select, start, fail }: Surroundings): Actions {
  const run = (work: () => Promise<void>): Promise<boolean> => {
    start();
    return work().then(
      () => true,
      (error: unknown) => {
        fail(error);
        return false;
      },
    );
  };
  return {
    explain: options => void run(() => host.explain(options)),
    reveal: () => void run(() => host.revealStatement()),
    revealNode: nodeId => void run(() => host.revealStatement(nodeId)),
    select,
    apply: id => void run(() => host.apply(id)),
    undo: id => void run(() => host.undo(id)),
    runStep: (finding, step) => void run(() => host.runStep(finding, step)),
    saveAsMigration: id => void run(() => host.saveAsMigration(id)),
    copySuggestion: id => void run(() => host.copy('sql', id)),
    copyPlan: () => void run(() => host.copy('plan')),
    copyText: text => run(() => host.copyText(text)),
    openRule: rule => void run(() => host.openRule(rule)),
    compareWith: entry => void run(() => host.compareWith(entry)),
    pinBaseline: entry => void run(() => host.pinBaseline(entry)),
    clearHistory: () => void run(() => host.clearHistory()),
    choosePlan: place => void run(() => host.choosePlan(place)),
    cancel: () => void run(() => host.cancel()),
  };
}
