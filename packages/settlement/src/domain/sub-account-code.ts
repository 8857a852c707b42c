/** The code of a sub-account: `settlement/<main account>/<generation>/<number>`. */
export function subAccountCode(mainAccountId: string, generation: number, number: number): string {
  return `settlement/${mainAccountId}/${generation}/${number}`;
}

/** The codes of a whole generation, in the order of numbers (sequence 1 of claim 2). */
export function generationCodes(
  mainAccountId: string,
  generation: number,
  size: number,
): readonly string[] {
  return Array.from({ length: size }, (_, number) =>
    subAccountCode(mainAccountId, generation, number),
  );
}
