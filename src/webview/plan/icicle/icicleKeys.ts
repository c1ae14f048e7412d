import type { Stripe } from './icicleLayout';

export type IcicleMove = 'parent' | 'child' | 'previous' | 'next' | 'first' | 'last';

export const ICICLE_MOVES: Readonly<Record<string, IcicleMove>> = {
  ArrowUp: 'parent',
  ArrowDown: 'child',
  ArrowLeft: 'previous',
  ArrowRight: 'next',
  Home: 'first',
  End: 'last',
};

/** The stripe a key leads to: up and down in the tree, sideways on the same level; down goes to the widest child. */
export function movedStripe(
  stripes: readonly Stripe[],
  from: number | undefined,
  move: IcicleMove,
): Stripe | undefined {
  const at = stripes.findIndex(({ node }) => node.id === from);
  const stripe = stripes[at];
  if (!stripe || move === 'first') return stripes[0];
  if (move === 'last') return stripes.at(-1);
  if (move === 'parent') return stripes.find(({ node }) => node.id === stripe.node.parentId);
  if (move === 'child') {
    return stripes
      .filter(({ node }) => node.parentId === stripe.node.id)
      .reduce<Stripe | undefined>((wide, each) => (!wide || widthOf(each) > widthOf(wide) ? each : wide), undefined);
  }
  const level = stripes.filter(each => each.level === stripe.level);
  return level[level.indexOf(stripe) + (move === 'previous' ? -1 : 1)];
}

function widthOf({ left, right }: Stripe): number {
  return right - left;
}

const MOST_SIBLINGS = 12;

/** What a reader is told around the focus: the way to it, those beside it, those below; never thousands. */
export function stripesAround(stripes: readonly Stripe[], focused: number | undefined): Stripe[] {
  const byId = new Map(stripes.map(stripe => [stripe.node.id, stripe]));
  const focus = (focused === undefined ? undefined : byId.get(focused)) ?? stripes[0];
  if (!focus) return [];
  const shown = new Set<Stripe>();
  for (let at: Stripe | undefined = focus; at;) {
    shown.add(at);
    at = at.node.parentId === undefined ? undefined : byId.get(at.node.parentId);
    if (shown.size > MOST_SIBLINGS) break;
  }
  const beside = stripes.filter(each => each.level === focus.level && each.node.parentId === focus.node.parentId);
  const place = beside.indexOf(focus);
  for (const each of beside.slice(Math.max(0, place - MOST_SIBLINGS / 2), place + MOST_SIBLINGS / 2)) shown.add(each);
  for (const each of stripes.filter(({ node }) => node.parentId === focus.node.id).slice(0, MOST_SIBLINGS)) {
    shown.add(each);
  }
  return [...shown].sort((a, b) => a.node.id - b.node.id);
}
