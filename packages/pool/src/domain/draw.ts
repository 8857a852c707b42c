import { formatMoney, money, refuse, type Refusal } from '@sluice/money';
import { compareForWaterfall, sourcesFor, type FundingSource } from './funding-source.ts';
import type { PoolFunds } from './pool-funds.ts';

/** One part of a redemption's subsidy, drawn from the sources that serve its kind and brand. */
export interface DrawComponent {
  readonly kind: string;
  readonly brand: string | null;
  /** In minor units, 0 or more; 0 draws nothing. */
  readonly amountMinor: bigint;
}

/** A request for the subsidy of one redemption. */
export interface DrawRequest {
  readonly redemptionId: string;
  readonly sellerId: string;
  readonly components: readonly DrawComponent[];
}

/** Money called from one source for one redemption, in minor units, above zero. */
export interface DrawLine {
  /** 1, 2, ... within the redemption. */
  readonly line: number;
  readonly sourceId: string;
  readonly kind: string;
  readonly amountMinor: bigint;
}

/** What came of a list of requests: one answer each, in order, and the funds after the last. */
export interface Draws {
  readonly outcomes: readonly (readonly DrawLine[] | Refusal)[];
  readonly funds: PoolFunds;
}

interface Drawable {
  readonly source: FundingSource;
  leftMinor: bigint;
}

interface Taking {
  readonly from: Drawable;
  readonly kind: string;
  readonly amountMinor: bigint;
}

/** The funds while requests are evaluated: the only place where anything changes. */
interface Working {
  readonly funds: PoolFunds;
  /** Same order as the funds' mandates. */
  readonly drawables: readonly Drawable[];
  readonly sourcesOf: (component: DrawComponent) => readonly Drawable[];
  leftMinor: bigint;
}

/**
 * Decides the draws of many redemptions in order (claims 4 and 9). Pure: the same funds and
 * requests give the same answers, whoever asks and whenever. Each request is all or nothing; each
 * of its components runs down the waterfall of the sources that serve it. A seller has no share
 * of its own: what one does not use, another can.
 *
 * Refusals, in the order they are looked for, none of which changes anything: `POOL_CLOSED`,
 * `NO_SOURCE` (nobody serves that kind and brand), `POOL_EXHAUSTED` (the pool's size),
 * `MANDATE_EXHAUSTED` (the sources of that kind and brand, and what they had left).
 *
 * @throws RangeError for a component below zero: money only comes back by a clawback.
 */
export function evaluateDraws(state: PoolFunds, requests: readonly DrawRequest[]): Draws {
  const working = startFrom(state);
  const outcomes = requests.map((request) => drawOne(working, request));
  return { outcomes, funds: fundsAfter(working) };
}

function startFrom(funds: PoolFunds): Working {
  const drawables = funds.mandates.map(({ source, limitMinor, drawnMinor }) => ({
    source,
    leftMinor: limitMinor - drawnMinor,
  }));
  const ordered = drawables.toSorted((left, right) =>
    compareForWaterfall(left.source, right.source),
  );
  const known = new Map<string, readonly Drawable[]>();
  const sourcesOf = ({ kind, brand }: DrawComponent): readonly Drawable[] => {
    const key = JSON.stringify([kind, brand]);
    const found = known.get(key) ?? sourcesFor(ordered, kind, brand);
    known.set(key, found);
    return found;
  };
  return { funds, drawables, sourcesOf, leftMinor: funds.sizeMinor - funds.drawnMinor };
}

function fundsAfter({ funds, drawables, leftMinor }: Working): PoolFunds {
  return {
    ...funds,
    drawnMinor: funds.sizeMinor - leftMinor,
    mandates: funds.mandates.map((mandate, index) => ({
      ...mandate,
      drawnMinor: mandate.limitMinor - (drawables[index]?.leftMinor ?? 0n),
    })),
  };
}

function drawOne(working: Working, request: DrawRequest): readonly DrawLine[] | Refusal {
  const components = request.components.filter((component) => isDrawn(component, request));
  if (working.funds.state === 'closed') return poolClosed(working.funds);
  const orphan = components.find((component) => working.sourcesOf(component).length === 0);
  if (orphan !== undefined) return noSource(orphan);
  const total = components.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  if (total > working.leftMinor) return poolExhausted(working, total);
  const lines = runWaterfalls(working, components);
  if (Array.isArray(lines)) working.leftMinor -= total;
  return lines;
}

function isDrawn({ amountMinor, kind }: DrawComponent, { redemptionId }: DrawRequest): boolean {
  if (amountMinor < 0n) {
    throw new RangeError(`redemption ${redemptionId}: a ${kind} of ${amountMinor} cannot be drawn`);
  }
  return amountMinor > 0n;
}

/** Takes the money of all components, or gives all of it back and says which one lacked money. */
function runWaterfalls(
  working: Working,
  components: readonly DrawComponent[],
): DrawLine[] | Refusal {
  const takings: Taking[] = [];
  for (const component of components) {
    const sources = working.sourcesOf(component);
    const leftMinor = sources.reduce((total, source) => total + source.leftMinor, 0n);
    if (leftMinor < component.amountMinor) {
      const refusal = mandateExhausted(working, component, leftMinor);
      for (const { from, amountMinor } of takings) from.leftMinor += amountMinor;
      return refusal;
    }
    takings.push(...take(component, sources));
  }
  return takings.map(({ from, kind, amountMinor }, index) => {
    return { line: index + 1, sourceId: from.source.id, kind, amountMinor };
  });
}

/** Empties one source after the other; the caller has seen that they hold enough. */
function take({ kind, amountMinor }: DrawComponent, sources: readonly Drawable[]): Taking[] {
  const takings: Taking[] = [];
  let missing = amountMinor;
  for (const from of sources) {
    const taken = missing < from.leftMinor ? missing : from.leftMinor;
    if (taken <= 0n) continue;
    from.leftMinor -= taken;
    missing -= taken;
    takings.push({ from, kind, amountMinor: taken });
  }
  return takings;
}

function poolClosed({ poolId }: PoolFunds): Refusal {
  return refuse(
    'POOL_CLOSED',
    `pool ${poolId} is closed: use the pool of the redemption's period`,
    {
      poolId,
    },
  );
}

function noSource({ kind, brand }: DrawComponent): Refusal {
  return refuse(
    'NO_SOURCE',
    `no funding source of the pool serves ${purposeText(kind, brand)}: ` +
      'open a pool with one that does',
    { kind, brand },
  );
}

function poolExhausted({ funds, leftMinor }: Working, neededMinor: bigint): Refusal {
  const show = (minor: bigint): string => formatMoney(money(minor, funds.currency));
  return refuse(
    'POOL_EXHAUSTED',
    `pool ${funds.poolId} has ${show(leftMinor)} left, but ${show(neededMinor)} is needed`,
    {
      poolId: funds.poolId,
      neededMinor: String(neededMinor),
      leftMinor: String(leftMinor),
    },
  );
}

/** Says what is left for this component, after what the redemption's earlier ones would take. */
function mandateExhausted(working: Working, component: DrawComponent, leftMinor: bigint): Refusal {
  const { kind, brand, amountMinor } = component;
  const show = (minor: bigint): string => formatMoney(money(minor, working.funds.currency));
  const sources = working.sourcesOf(component);
  const each = sources.map(({ source, leftMinor }) => `${source.id} ${show(leftMinor)}`);
  return refuse(
    'MANDATE_EXHAUSTED',
    `${show(amountMinor)} is needed for ${purposeText(kind, brand)}, ` +
      `but the sources for it have ${show(leftMinor)} left (${each.join(', ')})`,
    {
      kind,
      brand,
      sources: sources.map(({ source }) => source.id),
      neededMinor: String(amountMinor),
      leftMinor: String(leftMinor),
    },
  );
}

function purposeText(kind: string, brand: string | null): string {
  return brand === null ? kind : `${kind} of brand ${brand}`;
}
