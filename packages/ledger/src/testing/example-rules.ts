/** Booking rules as an owner writes them: two business types, two institutions for one of them. */
export const exampleRules = {
  id: 'retail',
  version: 3,
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
