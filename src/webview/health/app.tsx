import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { messageOf } from '../../core/base/messageOf';
import { Channel } from '../../protocol/channel';
import type { HealthChartsHost, HealthChartsPage, HealthChartsView } from '../../protocol/health';
import { Icon } from '../shared/icon';
import type { Editor } from '../shared/vscodeApi';
import { Chart } from './chart';
import { timeText } from './chartScale';

/** The page "Server health": asks for its view when it loads, and shows what it is sent from then on. */
export function App({ editor }: { readonly editor: Editor }): JSX.Element {
  const [view, setView] = useState<HealthChartsView>();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const channel = useRef<Channel<HealthChartsPage, HealthChartsHost>>();
  useLayoutEffect(() => {
    const show = (next: HealthChartsView): void => {
      setView(next);
      setFailure(undefined);
    };
    const opened = new Channel<HealthChartsPage, HealthChartsHost>(editor.port, { show });
    channel.current = opened;
    opened.call('ready').then(
      first => first && setView(now => now ?? first),
      (error: Error) => setFailure(error.message),
    );
    return () => opened.dispose();
  }, [editor]);
  const refresh = async (): Promise<void> => {
    // One at a time: a button pressed twice asks once.
    if (isBusy) return;
    setBusy(true);
    try {
      await channel.current?.call('refresh');
    } catch (error) {
      setFailure(messageOf(error));
    } finally {
      setBusy(false);
    }
  };
  const problem = view?.problem ?? failure;
  return (
    <main class="page">
      <header class="health-head">
        <h1>Server health</h1>
        <button type="button" class="secondary" aria-disabled={isBusy} onClick={() => void refresh()}>
          <Icon name="again" /> {isBusy ? 'Refreshing…' : 'Refresh'}
        </button>
        {view && <p class="quiet">{whereText(view)}</p>}
      </header>
      <div role="status">
        {problem && (
          <p class="problem">
            <Icon name="error" /> {problem}
          </p>
        )}
      </div>
      {view ? (
        view.charts.length > 0 ? (
          <div class="charts">
            {view.charts.map(chart => (
              <Chart key={chart.id} chart={chart} />
            ))}
          </div>
        ) : (
          <p>No check has a value yet.</p>
        )
      ) : (
        !problem && <p class="quiet">Asking the server…</p>
      )}
      {view && <p class="quiet">{costText(view)}</p>}
    </main>
  );
}

function whereText({ connection, server, at, intervalSeconds }: HealthChartsView): string {
  const again = intervalSeconds > 0 ? `, again every ${intervalSeconds} s while this is seen` : '';
  return `${connection}, PostgreSQL ${server}, asked at ${timeText(at)} UTC${again}.`;
}

/** What watching costs, as far as it can be seen from here. */
function costText({ cost, intervalSeconds }: HealthChartsView): string {
  const { lastMs, averageMs, refreshes } = cost;
  const share =
    intervalSeconds > 0
      ? `, at most ${Number(((averageMs / (intervalSeconds * 1000)) * 100).toPrecision(2))} % of one core of the server`
      : '';
  return (
    `What this costs: the last refresh took ${Math.round(lastMs)} ms, ${Math.round(averageMs)} ms on average of ` +
    `${refreshes}, with the way there and back${share}. Every check gives up after 2 s.`
  );
}
