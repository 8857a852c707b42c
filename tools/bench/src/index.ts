export { benches } from './benches/index.ts';
export type { Bench, BenchContext, Row } from './frame/bench.ts';
export type { BenchReport } from './frame/run-benches.ts';
export type { Report } from './frame/report.ts';
export type { Result, Spread } from './frame/statistics.ts';
