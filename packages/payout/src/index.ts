export { nextStep, type NextStep } from './domain/next-step.ts';
export {
  payoutEvents,
  payoutStates,
  publicStatus,
  statesOf,
  transition,
  type OwnEvent,
  type PayoutEvent,
  type PayoutState,
  type PayoutStatus,
} from './domain/payout-state.ts';
export {
  attemptKeyOf,
  type Attempt,
  type Creditor,
  type NewPayout,
  type Payout,
  type Transition,
} from './domain/payout.ts';
export type {
  BankPayment,
  BankPayments,
  PaymentInstruction,
  Rail,
  RailAnswer,
} from './domain/rail.ts';
export {
  createSandboxBankRail,
  sandboxBankRailName,
  type SandboxBankOptions,
  type SandboxBankRail,
} from './rails/sandbox-bank.ts';
export { checkPayouts } from './store/check-payouts.ts';
export { createPayout, type CreatePayoutInput } from './store/create-payout.ts';
export { payoutMigrations } from './store/migrations.ts';
export {
  countPayouts,
  countResolvedUnknowns,
  listPayouts,
  readPayout,
  readPayoutIds,
  readSellerPayouts,
  readTransitions,
} from './store/read-payouts.ts';
export { recordAnswer, type RecordAnswerInput } from './store/record-answer.ts';
export {
  recordTransition,
  type Recorded,
  type RecordTransitionInput,
} from './store/record-transition.ts';
export {
  startAttempt,
  type StartAttemptInput,
  type StartedAttempt,
} from './store/start-attempt.ts';
