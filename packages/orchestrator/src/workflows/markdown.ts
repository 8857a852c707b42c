import type { WireMoney } from '@sluice/money';

/** `12.30 USD`; nothing for no amount. */
export function amountText(money: WireMoney | null | undefined): string {
  return money === null || money === undefined ? '' : `${money.amount} ${money.currency}`;
}

/** Markdown for a workflow's page: a title, and below it what stands where, one line each. */
export function table(title: string, fields: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries(fields).map(([name, value]) => `| ${name} | ${cell(value)} |`);
  return [`### ${title}`, '', '| | |', '|---|---|', ...lines].join('\n');
}

/** Texts of banks and sellers must not break the table. */
function cell(value: string | number): string {
  return String(value).replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}
