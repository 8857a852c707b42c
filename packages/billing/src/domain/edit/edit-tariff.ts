import { isRefusal, refuse, type Refusal } from '@sluice/money';
import { parseTariff } from '../parse-tariff.ts';
import type { Tariff } from '../tariff.ts';
import { toMessage } from '../to-message.ts';
import { applyEdit } from './apply-edit.ts';
import type { Grid } from './grid.ts';
import type { TariffEdit } from './tariff-edit.ts';

/** The next version of a tariff. */
export interface TariffChange {
  /** The version that the edits were made on: another one is refused. */
  readonly expectedVersion: number;
  /** Names the new version. */
  readonly id: string;
  readonly effectiveFrom: string;
  /** The id of a version that began on that very day, if the new one corrects it. */
  readonly corrects?: string;
  /** Done in order, as one new version. */
  readonly edits: readonly TariffEdit[];
}

/**
 * Makes the next version of a tariff (CN112070557B, "extend"). Cells that no edit speaks of keep
 * their price and their id, also where a dimension comes or goes; new cells get ids that none
 * ever had. What comes out is proved like any other tariff.
 *
 * @returns the new version; `TARIFF_VERSION_CONFLICT` when the tariff is not the version that was
 *   edited; `EDIT_INVALID` when an edit speaks of what is not there, with its place from 1 in
 *   `details.edit`; `TARIFF_INVALID` with every fault when the edits leave a hole or an overlap.
 */
export function editTariff(tariff: Tariff, change: TariffChange): Tariff | Refusal {
  if (tariff.version !== change.expectedVersion) return refuseConflict(tariff, change);
  const version = tariff.version + 1;
  let grid: Grid = { dimensions: tariff.dimensions, rates: tariff.rates };
  for (const [place, edit] of change.edits.entries()) {
    const next = applyEdit(grid, edit, { currency: tariff.currency, version });
    if (isRefusal(next)) {
      const details = { tariff: tariff.id, edit: place + 1, op: edit.op };
      return refuse('EDIT_INVALID', `edit ${place + 1}, ${edit.op}: ${next.message}`, details);
    }
    grid = next;
  }
  const { id, effectiveFrom, corrects } = change;
  const message = toMessage({ ...tariff, id, version, effectiveFrom, ...grid });
  return parseTariff({ ...message, corrects });
}

function refuseConflict({ id, version }: Tariff, { expectedVersion }: TariffChange): Refusal {
  return refuse(
    'TARIFF_VERSION_CONFLICT',
    `tariff ${id} is version ${version}, the edits were made on version ${expectedVersion}: ` +
      'load it again and edit that',
    { tariff: id, version, expectedVersion },
  );
}
