export { workerConfig, type WorkerConfig } from './config.ts';
