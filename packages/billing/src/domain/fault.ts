import { refuse, type Refusal } from '@sluice/money';

/** One thing wrong with a tariff message. */
export interface Fault {
  /** What is wrong, with a concrete example where there is one. */
  readonly text: string;
  /** The example as data: an element's value as text, by dimension. */
  readonly example?: Readonly<Record<string, string>>;
}

/** `kind match, discount 7.00` */
export function exampleText(example: Readonly<Record<string, string>>): string {
  return Object.entries(example)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

/** `2 and 3`, `1, 2 and 3` */
export function listText(items: readonly (string | number)[]): string {
  const last = items.at(-1);
  return items.length < 2 ? String(last ?? '') : `${items.slice(0, -1).join(', ')} and ${last}`;
}

/** The refusal that carries all faults of a message. */
export function refuseTariff(id: string | null, faults: readonly Fault[]): Refusal {
  const texts = faults.map(({ text }) => text);
  const count = texts.length === 1 ? 'one fault' : `${texts.length} faults`;
  return refuse(
    'TARIFF_INVALID',
    `tariff ${id ?? 'without id'} was not taken, ${count}: ${texts.slice(0, 3).join('; ')}` +
      (texts.length > 3 ? '; ...' : ''),
    { tariff: id, faults: texts },
  );
}
