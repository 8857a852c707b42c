/** JSON text with sorted keys: the same content gives the same text. */
export function canonicalJson(json: unknown): string {
  return JSON.stringify(json, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(
      Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)),
    );
  });
}
