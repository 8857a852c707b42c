import { formatAmount, isRefusal, money, parseMoney, refuse, type Refusal } from '@sluice/money';
import { readTillDecision } from '@sluice/orchestrator';
import type { Redemption } from '@sluice/pool';

/** The columns of the redemption CSV, in any order. */
export const requiredColumns = [
  'redemption_id',
  'seller_id',
  'user_id',
  'redeemed_at',
  'product_id',
  'brand_id',
  'quantity',
  'paid',
  'coupon_value',
  'loyalty_discount',
  'currency',
] as const;
/** May be missing, and their cells may be empty. */
export const optionalColumns = ['recorded_match', 'till_decision'] as const;

type Column = (typeof requiredColumns)[number] | (typeof optionalColumns)[number];
type Fault = (column: Column, expected: string) => Refusal;

/** Reads the cells of one row into a redemption. */
export type RowReader = (cells: readonly string[], line: number) => Redemption | Refusal;

/** Where each column stands; -1 for one that is not there. */
type Places = Readonly<Record<Column, number>>;

const ids = ['redemption_id', 'seller_id', 'user_id', 'product_id'] as const;
const amountColumns = ['paid', 'coupon_value', 'loyalty_discount'] as const;
const maxIdLength = 200;
/** With the pool's id it makes the id of a payout, which has 80 characters at most. */
const maxSellerLength = 40;
const maxMinor = 2n ** 63n - 1n;
const sellerPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]*$/;
const timePattern = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Makes the reader of a file's rows from its header, or refuses: `CSV_HEADER_INVALID` names what is
 * missing, unknown or there twice.
 *
 * The reader gives a redemption, or `CSV_ROW_INVALID` with line, field, what was read and expected;
 * `TILL_DECISION_INVALID` with line and faults.
 */
export function rowReader(header: readonly string[]): RowReader | Refusal {
  const refusal = checkHeader(header);
  if (refusal !== null) return refusal;
  const columns: readonly Column[] = [...requiredColumns, ...optionalColumns];
  const places = Object.fromEntries(columns.map((name) => [name, header.indexOf(name)])) as Places;
  return (cells, line) =>
    cells.length === header.length
      ? parseRow((column) => cells[places[column]] ?? '', line)
      : refuse(
          'CSV_ROW_INVALID',
          `line ${line}: ${cells.length} fields, expected ${header.length} as in the header`,
          { line, fields: cells.length, expected: header.length },
        );
}

function checkHeader(header: readonly string[]): Refusal | null {
  const known: readonly string[] = [...requiredColumns, ...optionalColumns];
  const separator = header.length === 1 ? /[;\t|]/.exec(header[0] ?? '')?.[0] : undefined;
  if (separator !== undefined) {
    const name = separator === '\t' ? 'tabs' : `"${separator}"`;
    return refuse('CSV_HEADER_INVALID', `line 1: its fields are separated by ${name}, not commas`, {
      line: 1,
    });
  }
  const faults = [
    ...requiredColumns.filter((name) => !header.includes(name)).map((name) => `${name} is missing`),
    ...header.filter((name) => !known.includes(name)).map((name) => `"${name}" is not a column`),
    ...header
      .filter((name, index) => known.includes(name) && header.indexOf(name) !== index)
      .map((name) => `${name} is there twice`),
  ];
  if (faults.length === 0) return null;
  return refuse(
    'CSV_HEADER_INVALID',
    `line 1: ${faults.join(', ')}; the columns are ${known.join(', ')}`,
    { line: 1, faults },
  );
}

function parseRow(cell: (column: Column) => string, line: number): Redemption | Refusal {
  const fault: Fault = (column, expected) =>
    refuse(
      'CSV_ROW_INVALID',
      `line ${line}: ${column} is "${shortened(cell(column))}", expected ${expected}`,
      { line, field: column, read: shortened(cell(column)), expected },
    );
  const textFault = checkTexts(cell, fault);
  if (textFault !== null) return textFault;
  const currency = cell('currency');
  const amounts = new Map<Column, bigint>();
  for (const column of [...amountColumns, 'recorded_match'] as const) {
    const text = cell(column);
    if (column === 'recorded_match' && text === '') continue;
    const minor = parseAmount(text, currency, column, fault);
    if (isRefusal(minor)) return minor;
    amounts.set(column, minor);
  }
  const tillDecision = cell('till_decision') === '' ? null : cell('till_decision');
  const tillFault = tillDecision === null ? null : checkTillDecision(tillDecision, line);
  if (tillFault !== null) return tillFault;
  return {
    id: cell('redemption_id'),
    sellerId: cell('seller_id'),
    userId: cell('user_id'),
    productId: cell('product_id'),
    brandId: cell('brand_id') === '' ? null : cell('brand_id'),
    quantity: Number.parseInt(cell('quantity'), 10),
    redeemedAt: cell('redeemed_at'),
    currency,
    paidMinor: amounts.get('paid') ?? 0n,
    couponValueMinor: amounts.get('coupon_value') ?? 0n,
    loyaltyDiscountMinor: amounts.get('loyalty_discount') ?? 0n,
    recordedMatchMinor: amounts.get('recorded_match') ?? null,
    tillDecision,
  };
}

function checkTillDecision(text: string, line: number): Refusal | null {
  const read = readTillDecision(text);
  if (!isRefusal(read)) return null;
  const { code, message, details } = read;
  return refuse(code, `line ${line}: ${message}`, { ...details, line });
}

/** Everything but the amounts. */
function checkTexts(cell: (column: Column) => string, fault: Fault): Refusal | null {
  const badId = ids.find((name) => cell(name).trim() === '' || !isText(cell(name)));
  if (badId !== undefined) return fault(badId, idText);
  if (!isText(cell('brand_id'))) return fault('brand_id', `nothing, or ${idText}`);
  const sellerId = cell('seller_id');
  if (sellerId.length > maxSellerLength || !sellerPattern.test(sellerId)) {
    return fault(
      'seller_id',
      `at most ${maxSellerLength} letters, digits and . _ : -, a letter or digit first`,
    );
  }
  if (!isTime(cell('redeemed_at'))) {
    return fault('redeemed_at', 'a time with its zone, like 2017-07-03T10:15:00Z');
  }
  if (!/^(0|[1-9]\d{0,8})$/.test(cell('quantity'))) {
    return fault('quantity', 'a whole number from 0 to 999999999');
  }
  return null;
}

const idText = `1 to ${maxIdLength} characters of UTF-8`;

/** U+FFFD stands where the file was not UTF-8: two ids that differ there would become one. */
function isText(text: string): boolean {
  return text.length <= maxIdLength && !/[\u0000\uFFFD]/.test(text);
}

/** JavaScript takes the 31st of June for the 1st of July. */
function isTime(text: string): boolean {
  const day = timePattern.exec(text)?.[1];
  if (day === undefined || Number.isNaN(Date.parse(text))) return false;
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

function parseAmount(
  text: string,
  currency: string,
  column: Column,
  fault: Fault,
): bigint | Refusal {
  const amount = parseMoney(text, currency);
  if (isRefusal(amount)) {
    return amount.code === 'CURRENCY_UNKNOWN'
      ? fault('currency', 'an ISO 4217 code such as USD')
      : fault(column, `an amount in ${currency} such as ${formatAmount(money(1230n, currency))}`);
  }
  const inRange = amount.minor >= 0n && amount.minor <= maxMinor;
  return inRange ? amount.minor : fault(column, 'an amount from 0 up');
}

function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
