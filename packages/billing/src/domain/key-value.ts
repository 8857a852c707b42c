import { refuse, type Refusal } from '@sluice/money';
import { intervalNumbers } from './cells.ts';
import type {
  DefinitionEntity,
  MainEntity,
  OrderEntity,
  RateEntity,
  TariffEntities,
} from './entities.ts';
import { compilePlacement } from './placement.ts';
import type { BillingElements } from './pricing.ts';
import { refuseMissing } from './refuse-missing.ts';

/** Tariffs in the patent's key-value form (CN112070557B, "store"): one entity under each key. */
export interface KeyValueForm {
  /** By business id. */
  readonly mains: ReadonlyMap<string, MainEntity>;
  /** By tariff id and dimension name, `subsidy-share-2017:kind`. */
  readonly definitions: ReadonlyMap<string, DefinitionEntity>;
  /** By tariff id. */
  readonly orders: ReadonlyMap<string, OrderEntity>;
  /** By tariff id and combined interval number, `subsidy-share-2017:3-2`. */
  readonly rates: ReadonlyMap<string, RateEntity>;
}

/** Puts the entities of some tariffs under their keys; of one business there can be one. */
export function toKeyValue(tariffs: readonly TariffEntities[]): KeyValueForm {
  const byKey = <Entity extends { readonly key: string }>(
    all: readonly Entity[],
  ): ReadonlyMap<string, Entity> => new Map(all.map((entity) => [entity.key, entity]));
  return {
    mains: byKey(tariffs.map(({ main }) => main)),
    definitions: byKey(tariffs.flatMap(({ definitions }) => definitions)),
    orders: byKey(tariffs.map(({ order }) => order)),
    rates: byKey(tariffs.flatMap(({ rates }) => rates)),
  };
}

/**
 * Looks a rate up step by step as the patent says: the main rule by business, each element reduced
 * by its definition, the numbers combined in the stored order, the rate under that key.
 * `compileTariff` prepares the same steps once, for speed.
 *
 * @returns the rate's entity, `TARIFF_NOT_FOUND`, or a refusal as `lookUpCell` gives it.
 */
export function lookUpKeyValue(
  form: KeyValueForm,
  businessId: string,
  elements: BillingElements,
): RateEntity | Refusal {
  const main = form.mains.get(businessId);
  if (main === undefined) {
    return refuse('TARIFF_NOT_FOUND', `no tariff of ${businessId} is held`, { businessId });
  }
  const { tariffId, currency } = main;
  const names = find(form.orders, tariffId).dimensions;
  const numbers: number[] = [];
  for (const name of names) {
    const { definition } = find(form.definitions, `${tariffId}:${name}`);
    const element = Object.hasOwn(elements, name) ? elements[name] : undefined;
    if (element === undefined) return refuseMissing(tariffId, names, name);
    const placement = compilePlacement(definition, currency);
    const place = placement.place(element);
    if (place < 0) return placement.refuse(element);
    numbers.push(intervalNumbers(definition)[place] ?? 0);
  }
  return find(form.rates, `${tariffId}:${numbers.join('-')}`);
}

function find<Entity>(entities: ReadonlyMap<string, Entity>, key: string): Entity {
  const entity = entities.get(key);
  if (entity === undefined) throw new Error(`no entity is held under ${key}`);
  return entity;
}
