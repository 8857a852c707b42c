/** The share of a discount that the seller is paid back, by the kind of discount and its amount. */
export const subsidyShare = {
  id: 'subsidy-share-2017',
  businessId: 'subsidy-share',
  version: 1,
  currency: 'USD',
  effectiveFrom: '2017-01-01',
  rounding: { mode: 'half-even', scale: 'currency', stage: 'line' },
  dimensions: [
    { name: 'kind', type: 'enumeration', values: ['coupon', 'match', 'loyalty'] },
    {
      name: 'discount',
      type: 'money',
      intervals: [
        { from: '0.00', to: '1.00' },
        { from: '1.00', to: '5.00' },
        { from: '5.00', to: null },
      ],
    },
  ],
  order: ['kind', 'discount'],
  rates: [
    { cell: { kind: 'coupon', discount: '*' }, proportion: '1.00' },
    { cell: { kind: 'match', discount: '*' }, proportion: '1.00' },
    { cell: { kind: 'loyalty', discount: 1 }, proportion: '0.60' },
    { cell: { kind: 'loyalty', discount: 2 }, proportion: '0.50' },
    { cell: { kind: 'loyalty', discount: 3 }, proportion: '0.40' },
  ],
};

/** What a seller gets for handling a paper coupon. */
export const handlingFee = {
  id: 'handling-fee-2017',
  businessId: 'handling-fee',
  version: 1,
  currency: 'USD',
  effectiveFrom: '2017-01-01',
  rounding: { mode: 'half-even', scale: 'currency', stage: 'line' },
  dimensions: [
    {
      name: 'faceValue',
      type: 'money',
      intervals: [
        { from: '0.00', to: '5.00' },
        { from: '5.00', to: null },
      ],
    },
  ],
  order: ['faceValue'],
  rates: [
    { cell: { faceValue: 1 }, flat: '0.08' },
    { cell: { faceValue: 2 }, flat: '0.12' },
  ],
};

/**
 * A bank's transfer fee in the shape that CN112070557B reduces: amount, count and channel, with
 * the dimensions combined in another order than they are written.
 */
export const transferFee = {
  id: 'transfer-fee-1',
  businessId: 'transfer-fee',
  version: 1,
  currency: 'CNY',
  effectiveFrom: '2020-01-01',
  rounding: { mode: 'half-up', scale: 'currency', stage: 'line' },
  dimensions: [
    {
      name: 'amount',
      type: 'money',
      intervals: [
        { from: '0.00', fromIncluded: false, to: '10000.00', toIncluded: true },
        { from: '10000.00', fromIncluded: false, to: '100000.00', toIncluded: true },
        { from: '100000.00', fromIncluded: false, to: null },
      ],
    },
    {
      name: 'count',
      type: 'number',
      unit: 'transfer',
      decimals: 0,
      intervals: [
        { from: '1', to: '5', toIncluded: true },
        { from: '6', to: null },
      ],
    },
    { name: 'channel', type: 'enumeration', values: ['app', 'other'], default: 'other' },
  ],
  order: ['channel', 'amount', 'count'],
  rates: [
    { cell: { channel: 'app', amount: '*', count: '*' }, flat: '0.00' },
    { cell: { channel: 'other', amount: 1, count: 1 }, flat: '5.50' },
    { cell: { channel: 'other', amount: 1, count: 2 }, flat: '5.00' },
    { cell: { channel: 'other', amount: 2, count: 1 }, flat: '10.50' },
    { cell: { channel: 'other', amount: 2, count: 2 }, flat: '10.00' },
    { cell: { channel: 'other', amount: 3, count: '*' }, proportion: '0.00003' },
  ],
};

/** More cells than are read at once, of four prices; the last one has a name of its own. */
export const largeTariff = {
  ...transferFee,
  id: 'large-1',
  businessId: 'large',
  dimensions: ['a', 'b'].map((name) => ({
    name,
    type: 'number',
    unit: 'piece',
    decimals: 0,
    intervals: Array.from({ length: 145 }, (_, from) => ({
      from: String(from),
      to: String(from + 1),
    })),
  })),
  order: ['b', 'a'],
  rates: Array.from({ length: 145 * 145 }, (_, index) => ({
    cell: { a: (index % 145) + 1, b: Math.floor(index / 145) + 1 },
    flat: `${index % 4}.00`,
    ...(index === 145 * 145 - 1 ? { cellId: 'last' } : {}),
  })),
};
