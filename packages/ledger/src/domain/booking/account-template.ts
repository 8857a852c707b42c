import { refuse, type Refusal } from '@sluice/money';
import { isAccountCode, isCodeSegment } from '../account-code.ts';

const placeholder = /\{([a-zA-Z][a-zA-Z0-9]*)\}/g;

/** Whether a text such as `payable/{seller}` makes account codes once its parameters are filled. */
export function isAccountTemplate(text: string): boolean {
  return isAccountCode(text.replaceAll(placeholder, 'x'));
}

/**
 * Fills an account template: `payable/{seller}` with seller 330 gives `payable/330`.
 *
 * @returns the code, or the refusal `BOOKING_PARAMETER_MISSING` or `BOOKING_PARAMETER_MALFORMED`.
 */
export function fillAccountTemplate(
  template: string,
  parameters: Readonly<Record<string, string>>,
): string | Refusal {
  for (const [, name = ''] of template.matchAll(placeholder)) {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (value === undefined) {
      return refuse(
        'BOOKING_PARAMETER_MISSING',
        `the account ${template} needs the parameter "${name}": give it`,
        { template, parameter: name },
      );
    }
    if (!isCodeSegment(value)) {
      return refuse(
        'BOOKING_PARAMETER_MALFORMED',
        `"${value}" cannot be the "${name}" of ${template}: use letters, digits and ._:- only`,
        { template, parameter: name, value },
      );
    }
  }
  return template.replaceAll(placeholder, (_, name: string) => parameters[name] ?? '');
}
