import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { messageOf } from '../../core/base/messageOf';
import { Channel } from '../../protocol/channel';
import type { ProgressView } from '../../protocol/planPanel';
import type { ProfileHost, ProfilePage, ProfileView } from '../../protocol/profilePage';
import { ErrorBanner, Progress } from '../plan/notices';
import type { Editor } from '../shared/vscodeApi';
import { connectActions } from './profileActions';
import { Review } from './review';
import { Unconnected, Untrusted } from './states';

/** The page of tuning profiles: asks the extension for its snapshot, and shows what it is sent from then on. */
export function App({ editor }: { readonly editor: Editor }): JSX.Element {
  const [view, setView] = useState<ProfileView>();
  const [progress, setProgress] = useState<ProgressView | null>(null);
  const [failure, setFailure] = useState<string>();
  const channel = useRef<Channel<ProfilePage, ProfileHost>>();
  const fail = (error: unknown): void => setFailure(messageOf(error));

  useLayoutEffect(() => {
    let isNewer = false;
    const page: ProfilePage = {
      show: next => {
        isNewer = true;
        setView(next);
      },
      progress: setProgress,
    };
    const opened = new Channel<ProfilePage, ProfileHost>(editor.port, page);
    channel.current = opened;
    opened.call('ready').then(first => {
      // a snapshot that came by itself in the meantime is newer
      if (first && !isNewer) setView(first);
    }, fail);
    return () => opened.dispose();
  }, []);
  const actions = useMemo(
    () => connectActions(() => channel.current, { start: () => setFailure(undefined), fail }),
    [],
  );

  return (
    <main class="page profile-page">
      {progress && <Progress progress={progress} cancel={() => void actions.cancel()} />}
      {failure !== undefined && <ErrorBanner text={failure} dismiss={() => setFailure(undefined)} />}
      {view?.state === 'untrusted' && <Untrusted actions={actions} />}
      {view?.state === 'unconnected' && <Unconnected reason={view.reason} actions={actions} />}
      {view?.state === 'review' && <Review view={view} busy={progress !== null} actions={actions} editor={editor} />}
    </main>
  );
}
