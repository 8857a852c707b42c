import type { Tx } from '@sluice/database';
import { readBalances } from '@sluice/ledger';
import type { Balances } from '@sluice/settlement';

/** The ledger's balances, as settlement asks for them, inside one transaction. */
export function ledgerBalances(tx: Tx): Balances {
  return {
    async read(accounts) {
      const balances = await readBalances(tx, accounts);
      return accounts.map((code) => {
        const balance = balances.get(code);
        if (balance === undefined) throw new Error(`there is no account ${code}`);
        return balance;
      });
    },
  };
}
