export { cliConfig, type CliConfig } from './config.ts';
export type { Summary } from './main-job/summary.ts';
