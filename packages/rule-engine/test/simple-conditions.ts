import fc from 'fast-check';
import { fact, type Json } from './support.ts';

const n = fact('n');
const int = (value: number): Json => ({ integer: `${value}` });
const not = (node: Json): Json => ({ not: node });
const is = (text: string): Json => ({ eq: [fact('t'), { text }] });

/** Conditions that meet each other often. */
export const simple: fc.Arbitrary<Json> = fc.letrec<{ all: Json }>((tie) => {
  const atom = fc.oneof(
    fc
      .tuple(fc.constantFrom('eq', 'ne', 'lt', 'le', 'gt', 'ge'), fc.integer({ min: -2, max: 2 }))
      .map(([op, value]): Json => ({ [op]: [n, int(value)] })),
    fc.constantFrom('a', 'b').map(is),
    fc.constant<Json>(fact('b')),
    fc.constant<Json>({ gt: [{ add: [n, n] }, int(1)] }),
  );
  return {
    all: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      atom,
      tie('all').map(not),
      fc.array(tie('all'), { minLength: 1, maxLength: 3 }).map((and) => ({ and })),
      fc.array(tie('all'), { minLength: 1, maxLength: 3 }).map((or) => ({ or })),
    ),
  };
}).all;
