import type { TestProject } from 'vitest/node';
import { notYetNamed, serversFor } from './test-needs.ts';

/**
 * Gives a project's tests the servers they need, before the first test file. In a run over all
 * projects they are there already; one project alone gets its own. Whoever needs none pays nothing,
 * hence the import inside.
 */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const missing = notYetNamed(serversFor(project.config.root), process.env);
  if (missing.length === 0) return undefined;
  const { startTestServers } = await import('./test-servers.ts');
  const servers = await startTestServers(missing, process.env);
  Object.assign(process.env, servers.env);
  return () => servers.stop();
}
