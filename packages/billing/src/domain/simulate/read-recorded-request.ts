import { fromWire, isRefusal, refuse, type Money, type Refusal } from '@sluice/money';
import { z } from 'zod';
import { businessDate } from '../business-date.ts';
import type { BillingElements, ElementValue, PricingRequest } from '../pricing.ts';
import type { RecordedRequest } from './recorded-request.ts';

const wireMoney = z.strictObject({ amount: z.string(), currency: z.string() });
const quantity = z.strictObject({ value: z.string(), unit: z.string() });
const elements = z.record(
  z.string(),
  z.union([z.string(), wireMoney, quantity, z.array(z.string())], {
    error: 'use text, a list of texts, { amount, currency } or { value, unit }',
  }),
);

const pricing = {
  basis: wireMoney,
  elements,
  earlier: z
    .strictObject({ basis: wireMoney.optional(), elements: elements.optional() })
    .optional(),
};
const recorded = z.strictObject({
  ...pricing,
  id: z.string().min(1),
  on: businessDate,
  payee: z.string().nullable().optional(),
});

/** Reads a pricing request as JSON carries it: money and quantities as text. */
export function readPricingRequest(json: unknown): PricingRequest | Refusal {
  const shaped = z.strictObject(pricing).safeParse(json);
  return shaped.success ? requestOf(shaped.data) : refuseShape(shaped.error);
}

/**
 * Reads a recorded request: a pricing request with `id`, `on` and, where wanted, `payee`.
 *
 * @returns the request, or `REQUEST_INVALID`, `CURRENCY_UNKNOWN` or `AMOUNT_MALFORMED`.
 */
export function readRecordedRequest(json: unknown): RecordedRequest | Refusal {
  const shaped = recorded.safeParse(json);
  if (!shaped.success) return refuseShape(shaped.error);
  const { id, on, payee = null, ...rest } = shaped.data;
  const request = requestOf(rest);
  return isRefusal(request) ? request : { id, on, payee, request };
}

function refuseShape({ issues }: z.ZodError): Refusal {
  const texts = issues.map(({ path, message }) => `${path.join('.') || 'the request'}: ${message}`);
  return refuse('REQUEST_INVALID', `the request is not right: ${texts.join('; ')}`, {
    faults: texts,
  });
}

function requestOf(written: {
  readonly basis: z.infer<typeof wireMoney>;
  readonly elements: z.infer<typeof elements>;
  readonly earlier?:
    | {
        readonly basis?: z.infer<typeof wireMoney> | undefined;
        readonly elements?: z.infer<typeof elements> | undefined;
      }
    | undefined;
}): PricingRequest | Refusal {
  const basis = fromWire(written.basis);
  if (isRefusal(basis)) return basis;
  const read = readElements(written.elements);
  if (isRefusal(read)) return read;
  if (written.earlier === undefined) return { basis, elements: read };
  const { basis: before, elements: used } = written.earlier;
  const earlierBasis = before === undefined ? undefined : fromWire(before);
  if (isRefusal(earlierBasis)) return earlierBasis;
  const earlierElements = used === undefined ? undefined : readElements(used);
  if (isRefusal(earlierElements)) return earlierElements;
  return {
    basis,
    elements: read,
    earlier: {
      ...(earlierBasis === undefined ? {} : { basis: earlierBasis }),
      ...(earlierElements === undefined ? {} : { elements: earlierElements }),
    },
  };
}

function readElements(written: z.infer<typeof elements>): BillingElements | Refusal {
  const read: [string, ElementValue][] = [];
  for (const [name, value] of Object.entries(written)) {
    const element: ElementValue | Money | Refusal =
      typeof value === 'object' && 'amount' in value ? fromWire(value) : value;
    if (isRefusal(element)) return element;
    read.push([name, element]);
  }
  return Object.fromEntries(read);
}
