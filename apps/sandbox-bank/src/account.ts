const sandboxPattern = /^SBX-[A-Z0-9-]{1,30}$/;
const ibanPattern = /^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$/;

/** Letters count as 10 to 35; the country and check digits go to the end. ISO 13616. */
function hasIbanChecksum(iban: string): boolean {
  const turned = iban.slice(4) + iban.slice(0, 4);
  const digits = turned.replace(/[A-Z]/g, (letter) => Number.parseInt(letter, 36).toString());
  return BigInt(digits) % 97n === 1n;
}

/** An account that money can be sent to: `SBX-` and 1 to 30 of `A-Z 0-9 -`, or a valid IBAN. */
export function isAccount(text: string): boolean {
  return sandboxPattern.test(text) || (ibanPattern.test(text) && hasIbanChecksum(text));
}
