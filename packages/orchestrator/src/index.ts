export { registerSearchAttributes } from './client/register-search-attributes.ts';
export { createSluiceClient, type SluiceClient } from './client/start-workflows.ts';
export type * from './contract.ts';
export { defaultTaskQueue, workflowIds } from './names.ts';
export { searchAttributes } from './search-attributes.ts';
