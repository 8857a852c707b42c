const rounding = { mode: 'half-even', scale: 'currency', stage: 'line' } as const;
const commission = { kind: 'share', of: 'drawn', rate: '0.025', rounding } as const;

/**
 * Booking rules as an owner writes them: two business types, two institutions for one of them, and
 * a rule of their own for what one of these sells by its app.
 */
export const exampleRules = {
  id: 'retail',
  version: 3,
  effectiveFrom: '2017-01-01',
  subSets: [
    {
      businessType: 'subsidy.coupon',
      rules: [
        {
          institution: 'completejourney',
          entries: [
            { debit: 'funding/{source}', credit: 'pool/{pool}/intermediary', amount: 'drawn' },
            { debit: 'pool/{pool}/intermediary', credit: 'payable/{seller}', amount: 'drawn' },
            { debit: 'payable/{seller}', credit: 'income/fees', amount: 'fee' },
          ],
        },
        {
          institution: 'corner',
          entries: [{ debit: 'funding/corner', credit: 'payable/{seller}', amount: 'drawn' }],
        },
        {
          institution: 'corner',
          when: { channel: 'app' },
          entries: [
            { debit: 'funding/corner', credit: 'income/commission', amount: commission },
            {
              debit: 'funding/corner',
              credit: 'payable/{seller}',
              amount: { kind: 'difference', of: 'drawn', less: [commission] },
            },
          ],
        },
      ],
    },
    {
      businessType: 'fee.handling',
      rules: [
        {
          institution: 'completejourney',
          entries: [{ debit: 'funding/{source}', credit: 'payable/{seller}', amount: 'fee' }],
        },
      ],
    },
  ],
} as const;
