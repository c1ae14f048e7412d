import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

/** The width of an element in CSS pixels, kept up to date; 0 before it is in the document. */
export function useWidth(element: RefObject<HTMLElement>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const measure = (): void => setWidth(Math.floor(element.current?.clientWidth ?? 0));
    measure();
    const resizes = new ResizeObserver(measure);
    if (element.current) resizes.observe(element.current);
    return () => resizes.disconnect();
  }, []);
  return width;
}
