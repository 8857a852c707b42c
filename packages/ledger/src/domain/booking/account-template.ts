import { refuse, type Refusal } from '@sluice/money';
import { isAccountCode, isCodeSegment } from '../account-code.ts';

const placeholder = /\{([a-zA-Z][a-zA-Z0-9]*)\}/g;

/** Whether a text such as `payable/{seller}` makes account codes once its parameters are filled. */
export function isAccountTemplate(text: string): boolean {
  return isAccountCode(text.replaceAll(placeholder, 'x'));
}

/** A template taken apart: a text, then a parameter and a text by turns. */
interface Parts {
  readonly first: string;
  readonly rest: readonly { readonly name: string; readonly text: string }[];
}

/** Templates are few and filled for each entry, so each is taken apart once. */
const known = new Map<string, Parts>();

function partsOf(template: string): Parts {
  const parts = known.get(template);
  if (parts !== undefined) return parts;
  const [first = '', ...others] = template.split(placeholder);
  const rest = others.flatMap((name, index) =>
    index % 2 === 0 ? [{ name, text: others[index + 1] ?? '' }] : [],
  );
  known.set(template, { first, rest });
  return { first, rest };
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
  const { first, rest } = partsOf(template);
  let code = first;
  for (const { name, text } of rest) {
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
    code += value + text;
  }
  return code;
}

/**
 * Reads a template's parameters back from a code that it made: `payable/{seller}` and `payable/330`
 * give seller 330.
 *
 * @returns null when the template does not make the code, or when a segment of it has several
 *   parameters, so that where one ends cannot be told.
 */
export function readAccountTemplate(
  template: string,
  code: string,
): Readonly<Record<string, string>> | null {
  const values = code.split('/');
  const segments = template.split('/');
  if (values.length !== segments.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const [found, second] = segment.matchAll(placeholder);
    if (second !== undefined) return null;
    if (found === undefined) continue;
    const before = segment.slice(0, found.index);
    const after = segment.slice(found.index + found[0].length);
    parameters[found[1] ?? ''] = (values[index] ?? '').slice(
      before.length,
      -after.length || undefined,
    );
  }
  return fillAccountTemplate(template, parameters) === code ? parameters : null;
}
