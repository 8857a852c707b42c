export { classifyMatch } from './match-audit.ts';
export type { CouponLine, MatchException } from './match-audit.ts';
export { prepareDataset } from './prepare-dataset.ts';
export type { Dataset, PrepareOptions, WeekFile } from './prepare-dataset.ts';
export { redemptionColumns } from './redemption-csv.ts';
export { parseWeeks } from './weeks.ts';
export type { OnProgress } from './write-dataset.ts';
