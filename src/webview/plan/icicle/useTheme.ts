import { useLayoutEffect, useState } from 'preact/hooks';

/** Goes up whenever the editor's theme changes: colours that were read from the page are then old. */
export function useTheme(): number {
  const [changes, setChanges] = useState(0);
  const pixels = devicePixelRatio;
  useLayoutEffect(() => {
    const changed = (): void => setChanges(count => count + 1);
    const watch = new MutationObserver(changed);
    // the editor sets variables on the root and the kind of theme on the body
    watch.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
    watch.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
    return () => watch.disconnect();
  }, []);
  useLayoutEffect(() => {
    const changed = (): void => setChanges(count => count + 1);
    // a query knows one resolution only: the next needs another
    const ratio = matchMedia(`(resolution: ${pixels}dppx)`);
    ratio.addEventListener('change', changed);
    return () => ratio.removeEventListener('change', changed);
  }, [pixels]);
  return changes;
}
