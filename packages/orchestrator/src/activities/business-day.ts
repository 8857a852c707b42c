/** The day in UTC on which something counts: that of its booking rules. */
export function businessDay(at: string): string {
  return new Date(at).toISOString().slice(0, 10);
}
