/** What the program's exit code says; `--help` lists them. */
export const exitCodes = {
  fine: 0,
  /** An invariant or a tie is broken, rows were refused, or something failed. */
  broken: 1,
  /** Wrong configuration or usage: nothing was done. */
  usage: 2,
  /** Ctrl-C, or another request to stop, before the work was done. */
  interrupted: 130,
} as const;

/** For the end of each help page. */
export const exitCodesHelp = `
Exit codes: 0 fine; 1 an invariant or a tie is broken, rows were refused, or something failed (the
message says which); 2 wrong configuration or usage; 130 stopped before the work was done.`;

/** Refusals and failures that the user mends by calling differently. */
export const usageRefusals: ReadonlySet<string> = new Set([
  'CONFIG_DIR_UNUSABLE',
  'CONFIG_INVALID',
  'CSV_HEADER_INVALID',
  'DATABASE_NOT_OURS',
  'DATABASE_TOO_OLD',
  'DATABASE_UNREACHABLE',
  'DATABASE_URL_MALFORMED',
  'FILE_UNREADABLE',
  'FILE_UNWRITABLE',
  'POOL_CLOSED',
  'POOL_NOT_CHOSEN',
  'POOL_UNKNOWN',
  'PROGRAM_INVALID',
  'ROLLOUT_FACT_UNKNOWN',
  'ROLLOUT_NOT_DECIDED_HERE',
  'ROLLOUT_NOT_IN_DRAFT',
  'ROLLOUT_NOT_PAUSED',
  'ROLLOUT_NOT_UNDER_WAY',
  'ROLLOUT_OVERTAKEN',
  'ROLLOUT_SALT_IN_FORCE',
  'ROLLOUT_SCOPE_DIFFERS',
  'ROLLOUT_TERMS_INVALID',
  'ROLLOUT_UNDER_WAY',
  'ROLLOUT_UNGUARDED',
  'ROLLOUT_UNREACHABLE',
  'RULE_SET_INVALID',
  'RULE_SET_UNKNOWN',
  'BOOKING_EVENT_INVALID',
  'BOOKING_RULES_INVALID',
  'TARIFF_INVALID',
  'TARIFF_VERSION_TAKEN',
  'SELLER_UNKNOWN',
  'SESSION_DIFFERS',
  'SESSION_ELSEWHERE',
  'STACK_DIFFERS',
  'STACK_RUNNING',
  'STATE_DIR_UNUSABLE',
  'TEMPORAL_NAMESPACE_UNKNOWN',
  'TEMPORAL_NOT_OURS',
  'TEMPORAL_UNREACHABLE',
  'WEEKS_INVALID',
  'WEEKS_TAKEN',
]);
