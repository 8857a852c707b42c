import { upsertSearchAttributes } from '@temporalio/workflow';
import type { WireMoney } from '@sluice/money';
import type { PayoutInput } from '../contract.ts';
import { searchAttributes } from '../search-attributes.ts';

/** What the list of workflows shows of a payout. Each upsert is an event: only changes are made. */
export class PayoutAttributes {
  #state: string;
  #needsOperator = false;

  constructor({ sellerId, mainAccountId, amount, progress }: PayoutInput) {
    this.#state = progress?.view.state ?? 'reserving';
    upsertSearchAttributes([
      { key: searchAttributes.sellerId, value: sellerId },
      { key: searchAttributes.mainAccountId, value: mainAccountId },
      { key: searchAttributes.amountMinor, value: minorOf(amount) },
      { key: searchAttributes.payoutState, value: this.#state },
      { key: searchAttributes.needsOperator, value: this.#needsOperator },
    ]);
  }

  show({
    state,
    needsOperator,
  }: {
    readonly state: string;
    readonly needsOperator: boolean;
  }): void {
    if (state !== this.#state) {
      upsertSearchAttributes([{ key: searchAttributes.payoutState, value: state }]);
    }
    if (needsOperator !== this.#needsOperator) {
      upsertSearchAttributes([{ key: searchAttributes.needsOperator, value: needsOperator }]);
    }
    this.#state = state;
    this.#needsOperator = needsOperator;
  }
}

/**
 * Minor units, for the Int attribute, which is a JavaScript number and exact up to 2^53. The wire
 * form always has all decimal places of its currency.
 */
function minorOf({ amount }: WireMoney): number {
  return parseInt(amount.replace('.', ''), 10);
}
