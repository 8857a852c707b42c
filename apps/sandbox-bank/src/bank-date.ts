const dayMs = 86_400_000;

/** The business date of an instant, in UTC: `YYYY-MM-DD`. */
export function dateOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

/** A date so many days later. Every day is a business day in the sandbox. */
export function addDays(date: string, days: number): string {
  return dateOf(new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs));
}
