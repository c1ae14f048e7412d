import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { PlanView } from '../../protocol/planPanel';
import { Icon } from '../shared/icon';
import type { Actions } from './actions';
import {
  emptyForm, EXPLAIN_OPTIONS, majorVersion, MOST_RUNS, PLANNER_METHODS, readForm, whyFixed, whyUnavailable,
} from './runAgainModel'; // prettier-ignore
import type { RunForm } from './runAgainModel';

interface Props {
  readonly view: PlanView;
  readonly busy: boolean;
  readonly actions: Actions;
  close(): void;
}

/** Runs the statement again under other conditions, and shows the new plan beside this one. */
export function RunAgain({ view, busy, actions, close }: Props): JSX.Element {
  const [form, setForm] = useState<RunForm>(() => emptyForm(view.analyzed));
  const [isTried, setTried] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const version = majorVersion(view.server);
  const fixed = whyFixed(view);
  const { request, errors } = readForm(form, version);
  const change = (part: Partial<RunForm>): void => setForm(now => ({ ...now, ...part }));
  useLayoutEffect(() => first.current?.focus(), []);

  const submit = (event: Event): void => {
    event.preventDefault();
    setTried(true);
    if (request && !fixed && !busy) actions.explain(request);
  };
  const shownErrors = isTried ? errors : {};
  return (
    <form
      class="run-again"
      aria-labelledby="run-again-title"
      onSubmit={submit}
      onKeyDown={event => event.key === 'Escape' && close()}
    >
      <div class="section-head">
        <h2 id="run-again-title">Run again</h2>
        <button type="button" class="icon-button" aria-label="Close" title="Close (Escape)" onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      {fixed && (
        <p class="reason" id="run-again-reason">
          <Icon name="info" />
          {fixed}
        </p>
      )}
      <fieldset class="plain-fieldset" disabled={fixed !== undefined} aria-describedby={fixed && 'run-again-reason'}>
        <Group title="Options">
          <label class="check strong" title="Execute the statement, measure it, roll it back">
            <input
              type="checkbox"
              ref={first}
              checked={form.analyze}
              onChange={event => change({ analyze: event.currentTarget.checked })}
            />
            ANALYZE
          </label>
          {EXPLAIN_OPTIONS.map(option => {
            const reason = whyUnavailable(option, form, version);
            return (
              <label
                key={option.name}
                class={reason ? 'check disabled' : 'check'}
                title={reason ? `${option.explanation} (${reason})` : option.explanation}
              >
                <input
                  type="checkbox"
                  disabled={reason !== undefined}
                  checked={!reason && form.options.has(option.name)}
                  onChange={() => change({ options: toggled(form.options, option.name) })}
                />
                {option.name}
                {reason && <span class="quiet">{reason}</span>}
              </label>
            );
          })}
        </Group>
        <Group title="Without, to see what the planner avoids">
          {PLANNER_METHODS.map(name => (
            <label key={name} class="check" title={`SET LOCAL ${name} = off`}>
              <input
                type="checkbox"
                checked={form.off.has(name)}
                onChange={() => change({ off: toggled(form.off, name) })}
              />
              {name.replace(/^enable_/, '')}
            </label>
          ))}
        </Group>
        <div class="run-again-fields">
          <Field label="work_mem" error={shownErrors.workMem} id="work-mem">
            <input
              type="text"
              class="input"
              id="work-mem"
              placeholder="64MB"
              spellcheck={false}
              value={form.workMem}
              aria-invalid={shownErrors.workMem !== undefined}
              aria-describedby={shownErrors.workMem && 'work-mem-error'}
              onInput={event => change({ workMem: event.currentTarget.value })}
            />
          </Field>
          <Field label="Runs" error={shownErrors.runs} id="runs" hint="The first warms up">
            <input
              type="number"
              class="input"
              id="runs"
              min={1}
              max={MOST_RUNS}
              disabled={!form.analyze}
              value={form.runs}
              aria-invalid={shownErrors.runs !== undefined}
              aria-describedby={shownErrors.runs && 'runs-error'}
              onInput={event => change({ runs: event.currentTarget.value })}
            />
          </Field>
          <Field label="Other settings" error={shownErrors.settings} id="settings" hint="One a line, for this run only">
            <textarea
              class="input"
              id="settings"
              rows={2}
              placeholder={'random_page_cost = 1.1\nplan_cache_mode = force_custom_plan'}
              spellcheck={false}
              value={form.settings}
              aria-invalid={shownErrors.settings !== undefined}
              aria-describedby={shownErrors.settings && 'settings-error'}
              onInput={event => change({ settings: event.currentTarget.value })}
            />
          </Field>
        </div>
        <div class="run-again-end">
          <label class="check">
            <input
              type="checkbox"
              checked={form.askParameters}
              onChange={event => change({ askParameters: event.currentTarget.checked })}
            />
            Ask for other parameter values
          </label>
          <label class="check">
            <input
              type="checkbox"
              checked={form.compare}
              onChange={event => change({ compare: event.currentTarget.checked })}
            />
            Compare with this plan
          </label>
          <button type="submit" class="primary" disabled={busy}>
            <Icon name="run" />
            <span>{form.analyze ? 'Run and measure' : 'Plan only'}</span>
          </button>
        </div>
      </fieldset>
    </form>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <fieldset class="check-group">
      <legend class="quiet">{title}</legend>
      <div class="checks">{children}</div>
    </fieldset>
  );
}

interface FieldProps {
  readonly label: string;
  readonly id: string;
  readonly hint?: string;
  readonly error: string | undefined;
  readonly children: ComponentChildren;
}

function Field({ label, id, hint, error, children }: FieldProps): JSX.Element {
  return (
    <div class={`field field-${id}`}>
      <label for={id}>
        {label}
        {hint && <span class="quiet"> {hint}</span>}
      </label>
      {children}
      {error && (
        <p class="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

function toggled(set: ReadonlySet<string>, item: string): Set<string> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}
