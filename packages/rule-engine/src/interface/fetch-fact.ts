import { unknown, factFailed, type Unknown } from '../runtime/unknown.ts';
import type { GivenFact } from '../runtime/run.ts';
import type { CostlyProvider, FactProviders, RunRequest, Timer } from './fact-provider.ts';

/** The provider of a fact with its cost; undefined for a fact that nobody provides. */
export function providerOf<Request extends RunRequest>(
  providers: FactProviders<Request>,
  name: string,
): CostlyProvider<Request> | undefined {
  const provider = Object.hasOwn(providers, name) ? providers[name] : undefined;
  return typeof provider === 'function' ? { provide: provider, cost: 0 } : provider;
}

/** Fetches one fact. Never rejects: what goes wrong is the fact's unknown. */
export async function fetchFact<Request extends RunRequest>(
  name: string,
  provider: CostlyProvider<Request> | undefined,
  request: Request,
  timer: Timer | undefined,
): Promise<GivenFact> {
  if (provider === undefined) return undefined;
  const { provide, timeoutMs } = provider;
  try {
    const given = provide(request);
    if (timeoutMs === undefined || timer === undefined) return await given;
    return await within(Promise.resolve(given), name, timeoutMs, timer);
  } catch (thrown) {
    return factFailed(name, thrown);
  }
}

async function within<T>(
  given: Promise<T>,
  name: string,
  timeoutMs: number,
  timer: Timer,
): Promise<T | Unknown> {
  let callOff = (): void => undefined;
  const late = new Promise<Unknown>((resolve) => {
    const message = `${name} did not come within ${timeoutMs} ms`;
    callOff = timer(timeoutMs, () => resolve(unknown('FACT_TIMEOUT', message, name)));
  });
  try {
    return await Promise.race([given, late]);
  } finally {
    callOff();
  }
}
