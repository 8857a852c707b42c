/** A path into JSON as people write it: `subSets[0].rules[1].entries`. */
export function faultPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the whole';
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}
