/** Steers the sandbox bank: failures to come, and its calendar. */
export interface BankSteering {
  /** The next payments fail as scripted, one each. */
  arm(failure: 'timeout-after-paid' | 'return-next-day'): Promise<void>;
  /** The bank's next business day begins: scripted returns come back. */
  nextBusinessDay(): Promise<void>;
}

/** Steers the sandbox bank at an address. */
export function steerBank(baseUrl: string): BankSteering {
  const post = async (path: string, body: object): Promise<void> => {
    const response = await fetch(`${baseUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) {
      throw new Error(`the sandbox bank answered ${response.status}: ${await response.text()}`);
    }
  };
  return {
    arm: (failure) => post('/script', { failure, times: 1 }),
    nextBusinessDay: () => post('/business-day', {}),
  };
}
