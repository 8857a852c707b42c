/** The till or app that runs the rules, and who uses it. */
export interface Terminal {
  readonly deviceId: string;
  readonly userId?: string;
}

/**
 * Where rule sets come from: a server or a file. Given the terminal's device id and user id, it
 * gives **all** rule sets for them in the stored form; one that is no longer given is withdrawn.
 */
export interface RuleSource {
  fetchFor(terminal: Terminal): Promise<readonly unknown[]>;
}

/** The key under which one terminal's rules are kept apart from all others. */
export function terminalKey({ deviceId, userId }: Terminal): string {
  return JSON.stringify([deviceId, userId ?? null]);
}
