export { bundleWorkflows } from './bundle-workflows.ts';
export { createWorker, type WorkerOptions } from './create-worker.ts';
