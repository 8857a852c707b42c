export { type LogLevel } from './config.ts';
export {
  startSandboxBank,
  type RunningBank,
  type SandboxBankSettings,
} from './start-sandbox-bank.ts';
