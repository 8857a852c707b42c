import { z } from 'zod';

/** A failure that the sandbox bank plays. */
export type BankFailure = 'timeout-after-paid' | 'return-next-day';

/** Steers the sandbox bank: failures to come, and its calendar. */
export interface BankSteering {
  /** The next payment fails as ordered, after those that were ordered before. */
  order(failure: BankFailure): Promise<void>;
  /** What is ordered and has not struck yet. */
  ordered(): Promise<readonly string[]>;
  /** The bank's next business day begins: what is to come back comes back. */
  nextBusinessDay(): Promise<void>;
}

const scriptSchema = z.object({ armed: z.array(z.object({ failure: z.string() })) });
const answerMs = 10_000;

/** Steers the sandbox bank at an address. Throws when the bank does not do what it is told. */
export function steerBank(baseUrl: string): BankSteering {
  const call = async (path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${baseUrl}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(answerMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the sandbox bank answered ${response.status}: ${text}`);
    return JSON.parse(text);
  };
  return {
    order: async (failure) => void (await call('/script', { failure, times: 1 })),
    ordered: async () =>
      scriptSchema.parse(await call('/script')).armed.map(({ failure }) => failure),
    nextBusinessDay: async () => void (await call('/business-day', {})),
  };
}
