import type { Channel } from '../../protocol/channel';
import type { ProfileHost, ProfilePage } from '../../protocol/profilePage';

/** What a person can do on the page; whatever fails is shown as a sentence. */
export interface Actions extends Omit<ProfileHost, 'ready' | 'script' | 'copyText'> {
  /** Undefined when it failed. */
  script: (...args: Parameters<ProfileHost['script']>) => Promise<string | undefined>;
  /** Resolves to whether it worked. */
  copyText: (text: string) => Promise<boolean>;
}

interface Surroundings {
  /** Something new is asked for: what failed before is over. */
  start(): void;
  fail(error: unknown): void;
}

/** The extension as actions, over whatever channel is open at the time. */
export function connectActions(
  channel: () => Channel<ProfilePage, ProfileHost> | undefined,
  { start, fail }: Surroundings,
): Actions {
  const open = (): Channel<ProfilePage, ProfileHost> => {
    const found = channel();
    if (!found) throw new Error('The page is not connected.');
    return found;
  };
  const run = async (work: () => Promise<void>): Promise<void> => {
    start();
    try {
      await work();
    } catch (error) {
      fail(error);
    }
  };
  return {
    choose: choice => run(() => open().call('choose', choice)),
    refresh: () => run(() => open().call('refresh')),
    apply: groups => run(() => open().call('apply', groups)),
    undo: id => run(() => open().call('undo', id)),
    forget: id => run(() => open().call('forget', id)),
    tryOn: (source, measure) => run(() => open().call('tryOn', source, measure)),
    connect: () => run(() => open().call('connect')),
    manageTrust: () => run(() => open().call('manageTrust')),
    cancel: () => run(() => open().call('cancel')),
    script: async groups => {
      try {
        return await open().call('script', groups);
      } catch (error) {
        fail(error);
        return undefined;
      }
    },
    copyText: async text => {
      try {
        await open().call('copyText', text);
        return true;
      } catch (error) {
        fail(error);
        return false;
      }
    },
  };
}
