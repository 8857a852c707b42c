export { type LogLevel } from './config.ts';
export {
  startAccountingServer,
  type AccountingServerSettings,
  type RunningAccountingServer,
} from './start-accounting-server.ts';
